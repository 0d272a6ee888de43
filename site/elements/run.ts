// Runs a program as a module worker made from a blob: no eval, and Stop ends even an endless loop. The first line also imports
// console.ts, so that the lines of errors are those of the editor.

import { libraryFile } from "./imports.ts";

export type Report =
  | { kind: "log" | "warn" | "error"; text: string }
  | { kind: "picture"; svg: string }
  | { kind: "failure"; text: string; line: number | null }
  | { kind: "unread" } // no module: the browser says why in its console only
  | { kind: "end" };

/** Starts a program; returns a function that ends it. Reports come until then, or after its end from what it left running. */
export function startProgram(program: string, on: (report: Report) => void): () => void {
  const text = `import "${libraryFile("console.js")}"; ${program}\n;postMessage({ kind: "end" });\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const worker = new Worker(address, { type: "module", name: "sample" });
  let isRead = false;
  worker.onmessage = ({ data }: MessageEvent<Report | { kind: "start" }>) => {
    if (data.kind === "start") isRead = true;
    else on(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    if (!isRead) on({ kind: "unread" });
  };
  return () => {
    worker.terminate();
    URL.revokeObjectURL(address);
  };
}
