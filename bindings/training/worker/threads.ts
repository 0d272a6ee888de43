// Worker threads: Node and Bun.

import type { StartThread } from "../../engine/threads.js";

/** Gives a script of the web its `onmessage` and `postMessage`. */
const preamble = `const { parentPort } = require("node:worker_threads");
globalThis.postMessage = (reply, transfer) => parentPort.postMessage(reply, transfer);
parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

/** What starts threads by the module node:worker_threads, however the host's entry came by it. */
export function threadsOf({ Worker }: Pick<typeof import("node:worker_threads"), "Worker">): {
  readonly startThread: StartThread;
} {
  return {
    async startThread(source, _url, events) {
      const worker = new Worker(preamble + source, { eval: true });
      worker.on("message", events.reply);
      worker.on("error", (error) => events.failed(error.message));
      return { post: (request, transfer) => worker.postMessage(request, transfer), end: () => void worker.terminate() };
    },
  };
}
