// The server of `npm run page` outlives whatever is asked of it.

import { request } from "node:http";
import { expect, it } from "vitest";
import { serve } from "../../examples/browser/server.js";

it("what is no address is not here", async () => {
  const files = new Map([["/", { type: "text/html", bytes: Buffer.from("page") }]]);
  const { port } = new URL(await serve(files as never, 0));
  const ask = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  const paths = ["//", "/", "/?a=//", "http://", "/%", "//[", "/\\", "*", "/__proto__"];
  const statuses: unknown[] = [];
  for (const path of paths) statuses.push(await ask(path));
  expect(statuses).toEqual([404, 200, 200, 404, 404, 404, 404, 404, 404]);
});
