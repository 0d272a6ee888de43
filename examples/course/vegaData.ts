// Files of the npm package vega-datasets, whose code is under BSD-3-Clause: penguins of the Palmer archipelago (Gorman,
// Williams and Fraser, 2014; CC0), cars (StatLib, 1982) and the weather of Seattle (a work of the U.S. Government).

import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const fileOf = (name: string): string =>
  join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "../data", name);

/** Records of a JSON file. */
export const readRecords = (name: string): object[] => JSON.parse(readFileSync(fileOf(name), "utf8"));

/** Bytes of a file, as a stream. */
export const streamFile = (name: string): AsyncIterable<Uint8Array> => createReadStream(fileOf(name));
