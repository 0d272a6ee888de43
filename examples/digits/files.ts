/** Output files given on the command line. They are checked before training, so that a typo costs no time. */

import { accessSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { OptionError } from "./options.js";
import type { Machine, RunResult } from "./types.js";

/**
 * checkOutputFile: creates the folder of an output file if only that is missing, and throws if the file cannot be written.
 *
 * @param option its name, for the sentence
 * @throws {OptionError} if it is a folder, or must not be written
 */
export function checkOutputFile(option: string, path: string): void {
  const refuse = (got: string) =>
    new OptionError(`options: ${option} ${path} cannot be written, got ${got}. Name a file in a folder of yours.`);
  try {
    // One level: mkdirSync with { recursive: true } never returns for a folder in /proc.
    if (!existsSync(dirname(path))) mkdirSync(dirname(path));
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing?.isDirectory()) throw refuse("a folder");
    accessSync(existing === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    if (error instanceof OptionError) throw error;
    throw refuse((error as NodeJS.ErrnoException).code ?? String(error));
  }
}

/** writeJson: the figures of all runs; shares are 0..1, an unmeasured figure is null. */
export function writeJson(path: string, machine: Machine, runs: readonly RunResult[]): void {
  writeFileSync(path, `${JSON.stringify({ machine, runs }, null, 2)}\n`);
}
