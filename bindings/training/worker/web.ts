// Web workers: browsers and Deno; null where there are none. The source becomes a blob, which needs neither a bundler's
// support nor permissions; a page whose policy forbids blobs gives the URL of the file.

import type { StartThread } from "../../engine/threads.js";

export const startThread: StartThread = async (source, url, events) => {
  if (typeof Worker === "undefined") return null;
  const blob = url === null ? URL.createObjectURL(new Blob([source], { type: "text/javascript" })) : null;
  try {
    const worker = new Worker(url ?? (blob as string), { type: "module" });
    worker.onmessage = ({ data }) => {
      if (blob) URL.revokeObjectURL(blob);
      events.reply(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      events.failed(event.message || "it could not be loaded");
    };
    return {
      post: (request, transfer) => worker.postMessage(request, [...transfer]),
      // A program of Deno does not end while it has a worker; a page does.
      ...("Deno" in globalThis ? {} : { rest: () => {} }),
      end: () => worker.terminate(),
    };
  } catch (error) {
    events.failed(error instanceof Error ? error.message : String(error));
    return null;
  }
};
