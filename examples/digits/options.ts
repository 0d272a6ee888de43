/** The command line of the digits job. */

import { parseArgs } from "node:util";
import { NETWORKS, type Network } from "./types.js";

/** Options of the command line. */
export interface DigitsOptions {
  /** The networks to train; default all. */
  networks: readonly Network[];
  /** File for the results as JSON. */
  json: string | null;
  /** File for the weights of the first Adam run. */
  save: string | null;
  /** Distorts the digits that the convolutional network learns from. */
  augment: boolean;
  /** Decides initial weights and the order of the digits; 0 .. 2^53 - 1, default 7. */
  seed: number;
  /** A shorter run for a quick look. */
  quick: boolean;
  help: boolean;
}

/** A command line that cannot be understood; the message says what to type instead. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

const DEFAULT_SEED = 7;
const SEE_HELP = "Try --help.";

const OPTIONS = {
  network: { type: "string" },
  augment: { type: "boolean" },
  json: { type: "string" },
  save: { type: "string" },
  seed: { type: "string" },
  quick: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Values that options expect, in words. */
const VALUES: Record<string, string> = {
  network: NETWORKS.join(" or "),
  json: "a file name",
  save: "a file name",
  seed: "a whole number",
};

const NAMES = Object.keys(OPTIONS) as (keyof typeof OPTIONS)[];

export const HELP = `Trains networks to read handwritten digits inside WebAssembly, and compares them: a dense one with five optimizers, and
a convolutional one with Adam.

npm start -- [options]

  --network NAME   only this network: ${NETWORKS.join(" or ")}
  --augment        the convolutional network learns from distorted digits, other ones at every update, for longer
  --json FILE      also write the figures as JSON
  --save FILE      also write the weights trained with Adam, of the dense network if it is trained
  --seed N         whole number that decides initial weights and order of the digits (default ${DEFAULT_SEED})
  --quick          a shorter run
  -h, --help       this text

The report is written to report/digits.html. Ctrl-C stops early and still writes what there is.
`;

/**
 * parseOptions: the options of a command line.
 *
 * @param args the words after the program's name
 * @throws {OptionError} for an unknown option, a missing value, a network or a number that is none, a stray word, or --augment
 * without the convolutional network
 * @example
 * parseOptions(["--seed", "3", "--quick"]); // { networks: ["dense", "convolutional"], json: null, save: null, seed: 3, ... }
 */
export function parseOptions(args: readonly string[]): DigitsOptions {
  // strict: false, because the sentences of node:util neither guess the meant name nor say what to do.
  const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new OptionError(`options: a word without an option, got "${token.value}". ${SEE_HELP}`);
    }
    if (token.kind === "option") checkOption(token.name, token.rawName, token.value);
  }
  const networks = values.network === undefined ? NETWORKS : [parseNetwork(values.network)];
  if (values.augment === true && !networks.includes("convolutional")) {
    throw new OptionError(
      `options: --augment is for the convolutional network, got --network ${networks[0]}, expected convolutional. ` +
        "Leave --network out to train both.",
    );
  }
  return {
    networks,
    augment: values.augment === true,
    json: textOf(values.json),
    save: textOf(values.save),
    seed: values.seed === undefined ? DEFAULT_SEED : parseSeed(values.seed),
    quick: values.quick === true,
    help: values.help === true,
  };
}

function checkOption(name: string, written: string, value: string | undefined): void {
  const known = NAMES.find((candidate) => candidate === name);
  if (known === undefined) {
    const near = nearestName(name);
    const advice = near === null ? `expected one of --${NAMES.join(", --")}.` : `did you mean --${near}?`;
    throw new OptionError(`options: unknown option, got ${written}, ${advice} ${SEE_HELP}`);
  }
  if (OPTIONS[known].type === "string") {
    if (value === undefined || value === "") {
      throw new OptionError(`options: ${written} has no value, expected ${VALUES[known]} after it. ${SEE_HELP}`);
    }
    if (value.startsWith("--") && (known === "json" || known === "save")) {
      throw new OptionError(
        `options: ${written} needs a file name, got the option "${value}". Write ./${value} if a file is called that.`,
      );
    }
  } else if (value !== undefined) {
    throw new OptionError(`options: ${written} takes no value, got "${value}". Write --${known} alone.`);
  }
}

function parseNetwork(value: string | boolean): Network {
  const network = NETWORKS.find((name) => name === value);
  if (network !== undefined) return network;
  throw new OptionError(
    `options: --network is none of the networks, got "${value}", expected ${VALUES.network}. ${SEE_HELP}`,
  );
}

function parseSeed(value: string | boolean): number {
  const text = String(value).trim();
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new OptionError(
      `options: --seed is not a usable number, got "${value}", expected a whole number from 0 to ` +
        `${Number.MAX_SAFE_INTEGER}. For example --seed ${DEFAULT_SEED}.`,
    );
  }
  return seed;
}

function textOf(value: string | boolean | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** The known name that is nearest in typing errors, if any is near. */
function nearestName(name: string): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of NAMES) {
    const distance = candidate.startsWith(name) ? 1 : editDistance(name, candidate);
    if (distance < bestDistance && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Insertions, deletions and replacements that turn one word into the other (Levenshtein 1966). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
