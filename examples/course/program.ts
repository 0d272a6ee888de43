// How the examples of this folder's parent run: as programs when they are started, as functions when they are imported.

import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { createEngine, type Engine } from "thalweg";

/** Runs `body` with an engine if the file at `url` is what was started. */
export async function program(url: string, body: (engine: Engine) => unknown): Promise<void> {
  const started = process.argv[1];
  if (started && pathToFileURL(realpathSync(started)).href === url) await body(await createEngine());
}

/** Prints a line: words to the left in columns of 14, numbers to the right in columns of 12 with six digits. */
export function print(...cells: readonly (string | number)[]): void {
  const cell = (value: string | number): string =>
    typeof value === "string" ? value.padEnd(14) : figure(value).padStart(12);
  console.log(cells.map(cell).join("").trimEnd());
}

const figure = (value: number): string => String(Number(value.toPrecision(6)));
