/** The command line of the digits job. */

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
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
}

/** A command line that cannot be understood; the message says what to type instead. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

const DEFAULT_SEED = 7;

const command = () =>
  new Command("npm start --")
    .description(
      "Trains networks to read handwritten digits inside WebAssembly, and compares them: a dense one with five optimizers, " +
        "and a convolutional one with Adam.",
    )
    .addOption(new Option("--network <name>", "only this network").choices(NETWORKS))
    .option(
      "--augment",
      "the convolutional network learns from distorted digits, other ones at every update, for longer",
    )
    .option("--json <file>", "also write the figures as JSON", fileName)
    .option(
      "--save <file>",
      "also write the weights trained with Adam, of the dense network if it is trained",
      fileName,
    )
    .option(
      "--seed <n>",
      "whole number that decides initial weights and order of the digits",
      wholeNumber,
      DEFAULT_SEED,
    )
    .option("--quick", "a shorter run")
    .addHelpText(
      "after",
      "\nThe report is written to report/digits.html. Ctrl-C stops early and still writes what there is.",
    )
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride();

/**
 * parseOptions: the options of a command line; null after --help, whose text is written.
 *
 * @param args the words after the program's name
 * @throws {OptionError} for an unknown option, a missing value, a network or a number that is none, a stray word, or --augment
 * without the convolutional network
 * @example
 * parseOptions(["--seed", "3", "--quick"]); // { networks: ["dense", "convolutional"], json: null, save: null, seed: 3, ... }
 */
export function parseOptions(args: readonly string[]): DigitsOptions | null {
  const program = command();
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    const reason = error.message.replace(/^error: /, "").replace("\n", ". ");
    throw new OptionError(`options: ${reason}${/[.)]$/.test(reason) ? "" : "."} Try --help.`);
  }
  const { network, json = null, save = null, augment = false, quick = false, seed } = program.opts();
  const networks: readonly Network[] = network === undefined ? NETWORKS : [network];
  if (augment && !networks.includes("convolutional"))
    throw new OptionError(
      `options: --augment is for the convolutional network, got --network ${network}, expected convolutional. ` +
        "Leave --network out to train both.",
    );
  return { networks, json, save, augment, seed, quick };
}

function wholeNumber(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`);
}

function fileName(text: string): string {
  if (text !== "" && !text.startsWith("--")) return text;
  throw new InvalidArgumentError("Expected a file name; write ./--name if a file is called that.");
}
