// The learning rates in words. Every number comes from the runs or the state.

import type { LearningRates } from "thalweg";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import { lineSwatch } from "../kit/swatch.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { Shown } from "./charts.ts";
import type { State } from "./controls.ts";
import { every, hiddenUnits, plannedRun, smoothed } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** Loss of a network that gives each of ten classes the same probability. */
const guessing = Math.log(10);

/** Numbers of a network at a step. */
interface Reached {
  readonly name: string;
  readonly look: number;
  readonly rates: string;
  readonly rate: number;
  /** The largest of its rates. */
  readonly largest: number;
  readonly loss: number;
  readonly accuracy: number;
  /** Hidden units that are 0 for every test digit. */
  readonly off: number;
  /** The largest loss so far and its step. */
  readonly highest: number;
  readonly peak: number;
  readonly first: number;
  /** Step of an overflow; −1 for none. */
  readonly overflow: number;
}

export function reachedAt({ name, look, run }: Shown, at: number, beta: number): Reached {
  const losses = run.losses.slice(0, at + 1);
  const highest = losses.reduce((a, b) => Math.max(a, b), 0);
  const measured = (values: readonly number[]): number =>
    values[Math.min(Math.floor(at / every), values.length - 1)] ?? Number.NaN;
  const changes = run.rates.map(({ rate }, k) => {
    const from = run.rates[k - 1]?.until;
    return from === undefined ? format(rate) : ` → ${format(rate)}`;
  });
  return {
    ...{ name, look, rates: changes.join(""), rate: run.rates.at(-1)!.rate },
    largest: Math.max(...run.rates.map(({ rate }) => rate)),
    loss: smoothed(losses, beta).at(-1) ?? Number.NaN,
    accuracy: measured(run.accuracies),
    off: measured(run.off),
    ...{ highest, peak: losses.indexOf(highest), first: losses[0] ?? Number.NaN },
    overflow: run.overflowed && losses.length === run.losses.length ? losses.length : -1,
  };
}

/** Words for what the rate does to a network, in comparison with the lowest loss. */
function verdict(reached: Reached, best: Reached, text: Text): string {
  const { highest, peak, first, loss, overflow } = reached;
  if (overflow >= 0) return text("verdict.overflow", { step: overflow });
  const guesses = Math.abs(loss - guessing) < 0.15;
  if (highest > 3 * first)
    return text(guesses ? "verdict.guesses" : "verdict.explodes", {
      ...{ highest: format(highest), step: peak, guessing: format(guessing, 4) },
    });
  if (reached.name === best.name) return text("verdict.best");
  if (loss < 1.5 * best.loss) return text("verdict.near");
  if (reached.rate < best.rate) return text("verdict.small", { best: best.name });
  return text(reached.largest > reached.rate ? "verdict.was" : "verdict.large", { best: best.name });
}

const percent = (share: number): string => `${format(100 * share)} %`;
const lowest = (all: readonly Reached[]): Reached =>
  all.reduce((a, b) => (b.loss < a.loss || Number.isNaN(a.loss) ? b : a));

/** Table of the networks at a step. */
export function ratesTable(all: readonly Reached[], at: number, beta: number, text: Text): HTMLTableElement {
  const rows = all.map((reached) => {
    return [
      html("span", {}, lineSwatch(seriesClass(reached.look)), reached.name),
      reached.rates,
      Number.isNaN(reached.loss) ? "–" : format(reached.loss),
      Number.isNaN(reached.accuracy) ? "–" : percent(reached.accuracy),
      `${reached.off} / ${hiddenUnits}`,
      verdict(reached, lowest(all), text),
    ];
  });
  const columns = ["network", "rate", "loss", "accuracy", "off", "verdict"].map((key) => ({
    head: text(`table.${key}`, { beta: format(beta) }),
    isNumber: key !== "network" && key !== "verdict",
  }));
  return tableOf(text("table.caption", { at }), columns, rows);
}

/** The sentence about what is trained, which is known before it is trained. */
export function plannedSentence(state: State, at: number, text: Text): string {
  if (state.networks.length === 0) return text("says.empty");
  const rates = state.networks.map((name) =>
    plannedRun(name, state)
      .rates.map(({ rate }) => format(rate))
      .join(" → "),
  );
  const epochs = format((at * Number(state.batch)) / 2000);
  const list = rates.join(text("says.separator"));
  return text("says.start", { rates: list, steps: at, batch: state.batch, epochs });
}

/** Sentences about what has come out. */
export function resultSentences(all: readonly Reached[], range: LearningRates, text: Text): string[] {
  if (all.length === 0) return [];
  const best = lowest(all);
  const sentences = [
    text("says.best", { name: best.name, rate: best.rates, loss: format(best.loss), accuracy: percent(best.accuracy) }),
  ];
  if (range.suggestion) {
    const low = range.rates[range.smoothed.indexOf(range.smoothed.reduce((a, b) => Math.min(a, b)))] as number;
    sentences.push(text("says.range", { suggestion: format(range.suggestion, 2), lowest: format(low, 2) }));
  }
  return sentences;
}

/** Words for screen readers at a step. */
export function stepWords(all: readonly Reached[], at: number, steps: number, text: Text): string {
  const values = all.map(({ name, loss }) => text("status.value", { name, value: format(loss) }));
  return text("status.step", { at, steps, values: values.join(text("status.separator")) });
}
