// A job from a request's body, its answer in the response. Bytes may not be compiled in this host: the core of the debug
// build is a module, like that of the release.

import { answer } from "./suite.js";
import debug from "./thalweg.debug.wasm";

export default {
  async fetch(request) {
    const job = await request.json();
    try {
      return Response.json(await answer("wasm" in job ? { ...job, wasm: debug } : job));
    } catch (error) {
      return new Response(String(error.stack), { status: 500 });
    }
  },
};
