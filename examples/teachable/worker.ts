/** The worker, in which the head learns: requests come one after the other, and each gets its reply. */

import { createEngine } from "thalweg";
import { Head } from "./head.js";
import type { Reply, Request } from "./teacher.js";

const post = (message: Reply): void => postMessage(message);
let head: Head | null = null;

async function fulfil(request: Request): Promise<unknown> {
  if (request.kind === "open") head = new Head(await createEngine(), request.length, (progress) => post({ progress }));
  else if (!head) throw new Error("The worker was not opened.");
  else if (request.kind === "arrange") await head.arrange(request.places, request.examples);
  else if (request.kind === "add") head.add(request.example);
  else if (request.kind === "predict") return head.predict(request.features);
  else if (request.kind === "save") return head.save();
  else await head.restore(request.file);
  return null;
}

let last: Promise<unknown> = Promise.resolve();
addEventListener("message", ({ data: { id, request } }: MessageEvent<{ id: number; request: Request }>) => {
  last = last.then(async () => {
    try {
      post({ id, result: await fulfil(request) });
    } catch (error) {
      post({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
});
