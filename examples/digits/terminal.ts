/** Terminal output of the digits job: progress bars on a terminal, lines in a log, and a table at the end. */

import { SingleBar } from "cli-progress";
import Table from "cli-table3";
import { decimal, lossText, nameOf, passes, percent, times, whole } from "./format.js";
import type { RunResult } from "./types.js";

/** Output of `createProgress`, such as `process.stdout`. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
}

/** Progress of a run. */
export interface ProgressState {
  updates: number;
  seconds: number;
  loss?: number;
  testAccuracy?: number;
}

/** Shows one run after the other. */
export interface Progress {
  /** A run begins. */
  start(name: string, totalUpdates: number): void;
  /** The run has come this far; cheap enough to be called after every slice. */
  update(state: ProgressState): void;
  /** The run is over, complete or not. */
  finish(state: ProgressState): void;
  /** A line of text; during a run with a bar it waits for the end of that run. */
  note(text: string): void;
}

const NAME_WIDTH = 15;
const SECONDS_BETWEEN_LINES = 5;

/**
 * createProgress: bars with cli-progress on a terminal; a line per 10 % or per five seconds in logs and in CI.
 *
 * @param output default `process.stdout`
 * @param environment default `process.env`; CI forces plain lines, NO_COLOR removes colours
 */
export function createProgress(
  output: Output = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): Progress {
  const bars = output.isTTY === true && !environment.CI && environment.TERM !== "dumb";
  return bars ? barProgress(output, usesColor(output, environment)) : lineProgress(output);
}

/**
 * renderTable: the closing comparison, at most 80 columns wide.
 *
 * @param options.color bold headings and the best values in bold; default false
 */
export function renderTable(runs: readonly RunResult[], options: { color?: boolean } = {}): string {
  const strong = (text: string) => (options.color ? `\u001b[1m${text}\u001b[22m` : text);
  const headings = ["run", "batch", "test\naccuracy", "loss", "updates", "passes", "seconds", "times\nplain JS"];
  const table = new Table({
    head: headings.map((heading) => heading.split("\n").map(strong).join("\n")),
    colAligns: ["left", ...headings.slice(1).map(() => "right" as const)],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: RULES_ONLY,
  });
  const bestAccuracy = Math.max(...runs.map((run) => run.testAccuracy));
  for (const run of runs) {
    const accuracy = percent(run.testAccuracy, 2);
    table.push([
      nameOf(run),
      whole(run.batchSize),
      run.testAccuracy === bestAccuracy ? strong(accuracy) : accuracy,
      lossText(run.loss),
      whole(run.updates),
      passes(run.epochs),
      decimal(run.seconds, 1),
      run.timesPlainJavaScript === null ? "-" : times(run.timesPlainJavaScript),
    ]);
  }
  const note =
    "loss: over all training digits at the end. passes: digits learned from, counted\n" +
    "in sets of 60,000. times plain JS: how many times faster than hand-written\n" +
    "JavaScript, from a sample: both made the same first updates in turns, for the\n" +
    "seconds noted above, and their weights were equal within rounding (1e-4); the\n" +
    "convolutional network, trained with Adam, is not compared.";
  return `${table.toString()}\n${note}\n`;
}

/** usesColor: true for a terminal with colors, unless NO_COLOR is set (no-color.org). */
export function usesColor(output: Output, environment: NodeJS.ProcessEnv = process.env): boolean {
  return output.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
}

function barProgress(output: Output, color: boolean): Progress {
  const dim = (text: string) => (color ? `\u001b[2m${text}\u001b[22m` : text);
  let bar: SingleBar | null = null;
  let name = "";
  let notes: string[] = [];

  const show = (state: ProgressState) => bar?.update(state.updates, { state });

  return {
    start(run, totalUpdates) {
      name = run;
      bar = new SingleBar({
        stream: output as NodeJS.WritableStream,
        fps: 8,
        gracefulExit: false,
        // A line of at most 79 columns.
        format: (_options, { progress }, payload: { state: ProgressState }) =>
          `${name.padEnd(NAME_WIDTH)} ${drawBar(progress, 20)} ${percent(Math.min(1, progress), 0).padStart(5)} ` +
          dim(describe(payload.state)),
      });
      bar.start(Math.max(1, totalUpdates), 0, { state: { updates: 0, seconds: 0 } });
    },
    update: show,
    finish(state) {
      show(state);
      bar?.stop();
      bar = null;
      for (const text of notes) output.write(`${text}\n`);
      notes = [];
    },
    note(text) {
      if (bar === null) output.write(`${text}\n`);
      else notes.push(text);
    },
  };
}

function lineProgress(output: Output): Progress {
  let name = "";
  let total = 1;
  let lastTenth = 0;
  let lastSeconds = 0;

  const line = (state: ProgressState) => {
    const share = percent(Math.min(1, state.updates / total), 0).padStart(5);
    output.write(`${name.padEnd(NAME_WIDTH)} ${share}  ${describe(state)}\n`);
    lastTenth = tenth(state);
    lastSeconds = state.seconds;
  };
  const tenth = (state: ProgressState) => Math.floor((10 * state.updates) / total);

  return {
    start(run, totalUpdates) {
      name = run;
      total = Math.max(1, totalUpdates);
      lastTenth = 0;
      lastSeconds = 0;
      output.write(`${name}: ${whole(totalUpdates)} updates\n`);
    },
    update(state) {
      // The last line is left to `finish`, which knows the final figures.
      const newTenth = tenth(state) > lastTenth && state.updates < total;
      if (newTenth || state.seconds - lastSeconds >= SECONDS_BETWEEN_LINES) line(state);
    },
    finish: line,
    note(text) {
      output.write(`${text}\n`);
    },
  };
}

function drawBar(progress: number, width: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, progress)) * width);
  return "█".repeat(filled) + "░".repeat(width - filled);
}

function describe(state: ProgressState): string {
  const loss = state.loss === undefined ? "" : `loss ${lossText(state.loss)} `;
  const accuracy = state.testAccuracy === undefined ? "" : `test ${percent(state.testAccuracy, 2)} `;
  return `${loss}${accuracy}${decimal(state.seconds, 1)} s`;
}

/** Horizontal rules only: narrower than a full grid, and it reads well aloud and in logs. */
const RULES_ONLY = {
  top: "─",
  "top-mid": "──",
  "top-left": "",
  "top-right": "",
  bottom: "─",
  "bottom-mid": "──",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
