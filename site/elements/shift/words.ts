// What the figure says: how soon both networks learn, and how far the inputs of the last hidden layer move on the way.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { every, looks, updates } from "./controls.ts";
import type { Learner, Look, Result } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** Accuracy from which on a network counts as having learned the rings. */
const learned = 0.95;

const latest = ({ looks: found }: Learner): Look => found.at(-1) as Look;
const hasLearned = ({ accuracy }: Look): boolean => accuracy >= learned;

/** Mean movement over the looks; NaN if it is not known at any. */
function movedBy({ looks: found }: Learner): number {
  const moves = found.map(({ moved }) => moved).filter((moved) => !Number.isNaN(moved));
  return moves.length < looks / 2 ? Number.NaN : moves.reduce((sum, moved) => sum + moved, 0) / moves.length;
}

export function sentences(result: Result, text: Text): string[] {
  const { update } = latest(result.with);
  if (update < updates && !result.with.diverged) return [text("says.training", { update, updates })];
  const rate = format(10 ** result.state.rate, 2);
  const first = { without: latest(result.without), with: latest(result.with) };
  const losses = { without: format(first.without.loss), with: format(first.with.loss) };
  const start = text("says.loss", { ...losses, updates, rate });
  const [before, after] = [movedBy(result.without), movedBy(result.with)];
  const moved = Number.isNaN(before)
    ? text("says.dead", { after: format(after, 2), every })
    : text("says.moved", { before: format(before, 2), after: format(after, 2), every });
  const arrived = [result.without, result.with].map(({ looks: found }) => found.find(hasLearned)?.update);
  const [without, withIt] = arrived;
  if (without === undefined && withIt !== undefined) return [start, text("says.only", { with: withIt }), moved];
  if (without === undefined || withIt === undefined) return [start, moved];
  return [start, text("says.both", { without, with: withIt }), moved];
}

export function spoken({ without, with: normalized }: Result, text: Text): string {
  return text("status", {
    update: latest(normalized).update,
    without: format(latest(without).loss),
    with: format(latest(normalized).loss),
  });
}

export function learnersTable(result: Result, text: Text): HTMLTableElement {
  const heads = ["loss", "accuracy", "learned", "moved"].map((key) => ({
    head: text(`table.${key}`, { every }),
    isNumber: true,
  }));
  const row = (name: string, learner: Learner): string[] => {
    const { loss, accuracy } = latest(learner);
    const moved = movedBy(learner);
    return [
      text(`row.${name}`),
      learner.diverged ? text("diverged") : format(loss),
      `${format(100 * accuracy)} %`,
      String(learner.looks.find(hasLearned)?.update ?? "–"),
      Number.isNaN(moved) ? "–" : format(moved, 2),
    ];
  };
  const caption = text("table.caption", { update: latest(result.with).update, updates });
  return tableOf(
    caption,
    [{ head: text("table.network") }, ...heads],
    [row("without", result.without), row("with", result.with)],
  );
}
