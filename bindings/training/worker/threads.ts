// Worker threads: Node and Bun.

import type { StartThread } from "../../engine/threads.js";

/** Provides the `onmessage` and `postMessage` of web workers. */
const preamble = `const { parentPort } = require("node:worker_threads");
globalThis.postMessage = (reply, transfer) => parentPort.postMessage(reply, transfer);
parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

/** Returns a function that starts threads by the module node:worker_threads. */
export function threadsOf({ Worker }: Pick<typeof import("node:worker_threads"), "Worker">): {
  readonly startThread: StartThread;
} {
  return {
    async startThread(source, _url, events) {
      // Flags such as --input-type=module, which the program was started with, would apply to the source too.
      const worker = new Worker(preamble + source, { eval: true, execArgv: [] });
      worker.on("message", events.reply);
      worker.on("error", (error) => events.failed(error.message));
      return {
        post: (request, transfer) => worker.postMessage(request, transfer),
        rest: (rests) => (rests ? worker.unref() : worker.ref()),
        end: () => void worker.terminate(),
      };
    },
  };
}
