// The schedule in words: its values at places that matter, the results of the runs, and sentences.

import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import { lineSwatch } from "../kit/swatch.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { milestonesOf, turnOf, warmOf } from "./compose.ts";
import { epochSteps, type State, stepsOf } from "./controls.ts";
import type { Plan, Run } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** A plan with its last finished run. */
export interface Result {
  readonly plan: Plan;
  readonly run: Run;
}

const rateWords = (value: number): string => format(value, 4);

/** Places on the axis of time that matter, ascending. */
function placesOf(state: State): number[] {
  const { kind, length } = state;
  const warm = warmOf(state);
  const places = [0, ...(warm > 1 ? [Math.round(warm / 2), warm] : [warm])];
  if (kind === "multiStep") places.push(...milestonesOf(state, 0).filter((place) => place < length));
  else places.push(Math.round((warm + turnOf(state)) / 2));
  places.push(turnOf(state), length - 1, length);
  return [...new Set(places)].sort((a, b) => a - b);
}

/** Table of values h(t). */
export function valuesTable(values: Float64Array, state: State, text: Text): HTMLTableElement {
  const scale = state.unit === "epoch" ? epochSteps : 1;
  const rows = placesOf(state).map((t) => [
    format(t, 5) + (t === state.length ? ` ${text("values.end")}` : ""),
    rateWords(values[Math.min(t * scale, values.length - 1)] as number),
  ]);
  const columns = [{ head: text(`axis.${state.unit}`) }, { head: text("values.rate"), isNumber: true }];
  return tableOf(text("values.caption"), columns, rows);
}

/** Mean loss of the steps before a step: those of an epoch, or fewer at the beginning. */
function lossAt({ losses, count }: Run, at: number): number {
  const end = Math.min(at, count);
  const last = losses.subarray(Math.max(0, end - epochSteps), end);
  return last.reduce((sum, loss) => sum + loss, 0) / last.length;
}

/** Largest loss of the first steps. */
const highest = ({ losses, count }: Run, at: number): number =>
  losses.subarray(0, Math.max(1, Math.min(at, count))).reduce((a, b) => Math.max(a, b), 0);

/** Table of the runs up to a step. */
export function resultsTable(results: readonly Result[], at: number, text: Text): HTMLTableElement {
  const rows = results.map(({ plan, run }) => [
    html("span", {}, lineSwatch(seriesClass(plan.look)), text(`run.${plan.name}`)),
    at === 0 ? "–" : format(highest(run, at)),
    at === 0 ? "–" : format(lossAt(run, at)),
    Number.isNaN(run.accuracy) ? text("results.overflow") : `${format(100 * run.accuracy)} %`,
  ]);
  const columns = ["run", "highest", "loss", "accuracy"].map((key, k) => ({
    head: text(`results.${key}`),
    isNumber: k > 0,
  }));
  return tableOf(text("results.caption", { at: format(at, 5) }), columns, rows);
}

/** The sentence about the schedule itself. */
export function scheduleSentence(values: Float64Array, at: number, state: State, text: Text): string {
  const top = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
  const shown = { at: format(at, 5), steps: format(stepsOf(state), 5), top: format(top, 5) };
  const rates = { value: rateWords(values[at] as number), highest: rateWords(values[top] as number) };
  return text("says.schedule", { ...shown, ...rates });
}

/** Sentences about the runs. */
export function resultSentences(results: readonly Result[], state: State, text: Text): string[] {
  const steps = stepsOf(state);
  const find = (name: Plan["name"]): Run | undefined => results.find(({ plan }) => plan.name === name)?.run;
  const [whole, cold, constant] = [find("composed"), find("cold"), find("constant")];
  if (!whole) return [];
  const loss = (run: Run): string => format(lossAt(run, steps));
  const sentences = [text("says.loss", { loss: loss(whole), steps: format(steps, 5) })];
  if (constant) sentences.push(text("says.constant", { loss: loss(constant), rate: format(state.rate) }));
  if (cold)
    sentences.push(
      text("says.cold", {
        loss: loss(cold),
        highest: format(highest(cold, steps)),
        warm: format(highest(whole, steps)),
      }),
    );
  return sentences;
}

/** Words for screen readers at a step. */
export function stepWords(values: Float64Array, results: readonly Result[], at: number, text: Text): string {
  const losses = results.map(({ plan, run }) =>
    text("status.loss", { name: text(`run.${plan.name}`), loss: format(lossAt(run, Math.max(1, at))) }),
  );
  return text("status.step", {
    at,
    value: rateWords(values[at] as number),
    losses: losses.join(text("status.separator")),
  });
}
