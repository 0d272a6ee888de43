/**
 * Trains networks to read handwritten digits inside WebAssembly: a dense one with five optimizers from the same initial
 * weights, each measured against hand-written JavaScript, and a convolutional one; and draws a report.
 * `npm start -- --help` lists the options.
 */

import { writeFileSync } from "node:fs";
import { checkOutputFile, writeJson } from "./files.js";
import { decimal, nameOf, percent, whole } from "./format.js";
import { describeMachine } from "./machine.js";
import { type Reading, readDigits } from "./mistakes.js";
import { readMnist } from "./mnist.js";
import { prepare, type Setting } from "./network.js";
import { type DigitsOptions, parseOptions } from "./options.js";
import { type PlainSample, samplePlain, TOLERANCE } from "./plainSample.js";
import { planRuns, type RunPlan, settingsOf } from "./plan.js";
import { writeReport } from "./report.js";
import { createProgress, type Progress, renderTable, usesColor } from "./terminal.js";
import { trainRun } from "./train.js";
import type { RunResult } from "./types.js";

const REPORT = "report/digits.html";
/** The exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Results of the runs, complete or not. */
interface Outcome {
  runs: RunResult[];
  /** Predictions on the test digits of the first network trained with Adam; null if there is none. */
  reading: Reading | null;
  adamWeights: Uint8Array | null;
  /** Messages of errors. */
  failures: string[];
}

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === null) return 0; // --help
  for (const name of ["json", "save"] as const) {
    const path = options[name];
    if (path !== null) checkOutputFile(`--${name}`, path);
  }

  const stop = stopOnInterrupt();
  const setting = await prepare(readMnist(), options.seed);
  const machine = describeMachine(setting.engine.build);
  const progress = createProgress();
  progress.note(introduction(options));

  const plans = planRuns(options.quick, options.networks, options.augment);
  const outcome = await trainAll(setting, plans, options, progress, stop);
  const { runs, reading, failures } = outcome;
  const interrupted = stop.aborted;
  process.stdout.write(
    runs.length === 0 ? "\nNothing was trained.\n" : `\n${renderTable(runs, { color: usesColor(process.stdout) })}`,
  );
  writeReport(REPORT, {
    machine,
    runs,
    settings: Object.fromEntries(plans.map((plan) => [nameOf(plan), settingsOf(plan)])),
    ...(reading ? { confusion: reading.confusion } : {}),
    misclassified: reading?.mistakes ?? [],
    misclassifiedTotal: reading?.mistakes.length ?? 0,
    interrupted,
  });
  process.stdout.write(`\nReport with curves and misread digits: ${REPORT}\n`);
  if (options.json !== null) {
    writeJson(options.json, machine, runs);
    process.stdout.write(`Figures: ${options.json}\n`);
  }
  if (options.save !== null) saveWeights(options.save, outcome);
  if (interrupted) process.stdout.write("Stopped early by Ctrl-C: what is shown is what there was.\n");
  for (const failure of failures) process.stderr.write(`\n${failure}\n`);
  if (failures.length > 0) return 1;
  return interrupted ? INTERRUPTED : 0;
}

function introduction({ networks, augment, seed }: DigitsOptions): string {
  const dense = `A network of 784 inputs, 128 hidden units and 10 outputs learns to read digits
inside WebAssembly: five optimizers, the same initial weights (seed ${seed}), 60,000
training digits, and 10,000 others to test it.`;
  const convolutional = networks.includes("dense")
    ? "A convolutional network follows, trained with Adam."
    : `A convolutional network learns to read digits inside WebAssembly with Adam, from
60,000 training digits (seed ${seed}), and 10,000 others test it.`;
  const distorted = "\nEvery update of it turns, shifts and scales its digits anew.";
  const sentences = { dense, convolutional: convolutional + (augment ? distorted : "") };
  return `${networks.map((network) => sentences[network]).join("\n")} Ctrl-C stops early.\n`;
}

async function trainAll(
  setting: Setting,
  plans: readonly RunPlan[],
  { quick }: DigitsOptions,
  progress: Progress,
  stop: AbortSignal,
): Promise<Outcome> {
  const outcome: Outcome = { runs: [], reading: null, adamWeights: null, failures: [] };
  for (const plan of plans) {
    if (stop.aborted) break;
    try {
      const { trainer, result } = await trainRun(setting, plan, progress, stop);
      if (result.updates > 0) {
        outcome.runs.push(result);
        if (plan.optimizer === "Adam" && outcome.reading === null) {
          outcome.reading = readDigits(trainer, setting.digits.test);
          outcome.adamWeights = trainer.save();
        }
      }
      trainer.free();
      if (stop.aborted) break;
      if (plan.sampleDigits === 0) continue;
      const sample = await samplePlain(setting, plan, quick ? 0.25 : 1, stop);
      if (sample === null) break;
      const failure = compare(plan, result, sample, progress);
      if (failure !== null) outcome.failures.push(failure);
    } catch (error) {
      outcome.failures.push(`${nameOf(plan)}: ${sentenceOf(error)}`);
      break;
    }
  }
  return outcome;
}

/** Completes the result with its speed; a sentence if the two trainers disagree. */
function compare(plan: RunPlan, result: RunResult, sample: PlainSample, progress: Progress): string | null {
  const { updates, batchSize, seconds, thalwegSeconds, difference } = sample;
  const agree = difference <= TOLERANCE;
  const speed = seconds / thalwegSeconds;
  const what = `${whole(updates)} ${updates === 1 ? "update" : "updates"}`;
  const part = batchSize < plan.batchSize ? ` on ${whole(batchSize)} digits` : "";
  if (agree) result.timesPlainJavaScript = speed;
  progress.note(
    `  plain JS, ${what}${part} in ${decimal(seconds, 1)} s: ` +
      (agree ? `same weights, ${decimal(speed, 1)} times slower` : "OTHER WEIGHTS"),
  );
  if (agree) return null;
  return (
    `${nameOf(plan)}: Thalweg and plain JavaScript disagree: after ${what} from the same weights theirs differ by ` +
    `${percent(difference, 2)} of the way gone, expected at most ${percent(TOLERANCE, 2)}. One of the two trainers is ` +
    "wrong; please report this with the machine named in the report."
  );
}

function saveWeights(path: string, { adamWeights }: Outcome): void {
  if (adamWeights === null) {
    process.stdout.write(`No weights were saved in ${path}: Adam had not begun.\n`);
    return;
  }
  writeFileSync(path, adamWeights);
  process.stdout.write(`Weights of the Adam run: ${path}\n`);
}

/** Stops cleanly at the first Ctrl-C, and at once at the second. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.on("SIGINT", () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  });
  return controller.signal;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// Whoever reads our output may leave, as in `npm start | head`.
process.stdout.on("error", () => process.exit(1));

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`);
  process.exitCode = 1;
}
