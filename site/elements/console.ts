// The first import of every sample that runs in the page's worker: what the program logs, shows or throws goes to the page.

import { formatWithOptions } from "node-inspect-extracted";

type Report = { kind: "log" | "warn" | "error"; text: string } | { kind: "picture"; svg: string } | { kind: "end" };

const report = (message: Report): void => postMessage(message);
const isPicture = (value: unknown): value is string =>
  typeof value === "string" && /^\s*(<\?xml[^>]*>\s*)?<svg\b/.test(value);
/** The text that Node would print. */
const inWords = (...values: unknown[]): string => formatWithOptions({ breakLength: 100 }, ...values);
const nameOf = (reason: unknown): string =>
  reason instanceof Error ? `${reason.name}: ${reason.message}` : `Uncaught ${inWords(reason)}`;

function logger(kind: "log" | "warn" | "error") {
  return (...values: unknown[]): void => {
    for (const value of values.filter(isPicture)) report({ kind: "picture", svg: value });
    const words = values.filter((value) => !isPicture(value));
    if (words.length > 0 || values.length === 0) report({ kind, text: inWords(...words) });
  };
}

for (const name of ["log", "info", "debug", "table"] as const) console[name] = logger("log");
console.warn = logger("warn");
console.error = logger("error");

/** Line of the program in a stack: that of the blob, which begins with the import of this file. */
function lineIn(stack: string): number | null {
  const found = /blob:\S+?\/[0-9a-f-]{36}:(\d+)/.exec(stack);
  return found ? Number(found[1]) : null;
}

function fail(reason: unknown): void {
  const line = reason instanceof Error ? lineIn(reason.stack ?? "") : null;
  postMessage({
    kind: "failure",
    text: nameOf(reason),
    line,
  });
}

addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error ?? event.message);
});
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

Object.assign(globalThis, {
  /** Shows a picture, SVG as text. */
  show: (svg: unknown) => report({ kind: "picture", svg: String(svg) }),
});
postMessage({ kind: "start" });
