// Batch sizes in words: the table, and sentences. Every number comes from the measurements or the state.

import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import { lineSwatch } from "../kit/swatch.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { batchCount, type Cloud } from "./cloud.ts";
import { type State, sizeOf, tableSizes } from "./controls.ts";
import type { Row } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

const percent = (share: number): string => `${format(100 * share)} %`;
const testCount = 500;

/** The one table over all batch sizes. */
export function sizesTable(rows: readonly Row[], noise: ReadonlyMap<number, number>, state: State, text: Text) {
  const cells = rows.map((row) => {
    const known = (value: number, write: (value: number) => string = format): string =>
      row.isDone ? (Number.isFinite(value) ? write(value) : text("table.overflow")) : "…";
    const spread = noise.get(row.size);
    return [
      html("span", {}, lineSwatch(seriesClass(tableSizes.indexOf(row.size as 2))), String(row.size)),
      format(row.rate),
      format(row.steps, 5),
      spread === undefined ? "…" : format(spread),
      known(row.loss),
      known(row.accuracy, percent),
      known(row.rise),
      row.isDone ? format(Math.round(row.milliseconds), 4) : "…",
    ];
  });
  const columns = ["size", "rate", "steps", "noise", "loss", "accuracy", "rise", "time"].map((key, k) => ({
    head: text(`table.${key}`),
    isNumber: k > 0,
  }));
  return tableOf(text("table.caption", { epochs: state.epochs }), columns, cells);
}

/** The sentence about the cloud. */
export function cloudSentence({ variance }: Cloud, single: number, state: State, text: Text): string {
  const size = sizeOf(state.size);
  const law = { single: format(single), law: format(single / size) };
  return text("says.cloud", { count: batchCount, size, variance: format(variance), ...law });
}

/** Sentences about the table; none before it is complete. */
export function tableSentences(
  rows: readonly Row[],
  noise: ReadonlyMap<number, number>,
  state: State,
  text: Text,
): string[] {
  const good = rows.filter(({ isDone, accuracy }) => isDone && Number.isFinite(accuracy));
  if (good.length === 0 || !rows.every(({ isDone }) => isDone)) return [];
  const [least, most] = [rows[0] as Row, rows.at(-1) as Row];
  const best = good.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const lowest = good.reduce((a, b) => (b.loss < a.loss ? b : a));
  const error = Math.sqrt((best.accuracy * (1 - best.accuracy)) / testCount);
  const products = rows.map(({ size }) => size * (noise.get(size) ?? Number.NaN));
  return [
    text("says.table", {
      ...{ rule: text(`rule.${state.rule}`), epochs: state.epochs, small: least.size, large: most.size },
      ...{ many: format(least.steps, 5), few: format(most.steps, 5) },
    }),
    text("says.best", {
      ...{ best: best.size, accuracy: percent(best.accuracy), error: format(100 * error, 2) },
      ...{ lowest: lowest.size, loss: format(lowest.loss) },
    }),
    text("says.noise", { low: format(Math.min(...products)), high: format(Math.max(...products)) }),
  ];
}
