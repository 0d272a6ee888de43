// The sequences in words: a table of the layers, and sentences. Every number comes from the training or the state.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import type { Shown } from "./drawing.ts";
import { symbols } from "./task.ts";

type Text = (key: string, values?: Fill) => string;

const percent = (share: number): string => `${format(100 * share, 3)} %`;

export function sequenceTable(shown: readonly Shown[], updates: number, state: State, text: Text): HTMLTableElement {
  const columns = ["layer", "accuracy", "first", "last"].map((key) => ({
    head: text(`table.${key}`, { length: state.length }),
    isNumber: key !== "layer",
  }));
  const rows = shown.map(({ learner, checkpoint }) => [
    text(`kinds.${learner.kind}`),
    learner.diverged < 0 ? percent(checkpoint.accuracy) : text("diverged", { update: learner.diverged }),
    format(checkpoint.norms[0] as number),
    format(checkpoint.norms.at(-1) as number),
  ]);
  return tableOf(text("table.caption", { updates }), columns, rows);
}

export function sequenceSentences(shown: readonly Shown[], updates: number, state: State, text: Text): string[] {
  const { length } = state;
  const list = shown.map(({ learner, checkpoint }) =>
    text("says.layer", {
      name: text(`kinds.${learner.kind}`),
      accuracy: percent(checkpoint.accuracy),
      first: format(checkpoint.norms[0] as number, 2),
    }),
  );
  return [
    text("says.task", { symbols, length, chance: percent(1 / symbols) }),
    text("says.layers", { updates, list: list.join(text("says.separator")) }),
  ];
}
