// How the examples of this folder's parent run: as programs when they are started, as functions when they are imported.

import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createEngine, type Engine } from "thalweg";

/** Runs `body` with an engine if the file at `url` is what was started. */
export async function program(url: string, body: (engine: Engine) => unknown): Promise<void> {
  const started = process.argv[1];
  if (started && pathToFileURL(realpathSync(started)).href === url) await body(await createEngine());
}

/** Prints a line: the first cell to the left in 14 columns, the others to the right in 12, numbers with six digits. */
export function print(...[first = "", ...others]: readonly (string | number)[]): void {
  const cells = others.map((cell) => ` ${typeof cell === "string" ? cell : figure(cell)}`.padStart(12));
  console.log(`${String(first).padEnd(14)}${cells.join("")}`.trimEnd());
}

const figure = (value: number): string =>
  String(Math.abs(value) > 1e5 ? Math.round(value) : Number(value.toPrecision(6)));
