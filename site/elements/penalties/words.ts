// What the figure says: the weights at λ, what they cost, and where on the path a weight becomes 0.

import { format } from "../kit/numbers.ts";
import { type Column, tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import type { Scored } from "./example.ts";
import { indexOf, sharesOf } from "./path.ts";

type Text = (key: string, values?: Fill) => string;

export interface Solution {
  readonly w: readonly [number, number];
  /** Loss above its minimum, and the penalty without its λ. */
  readonly loss: number;
  readonly penalty: number;
}

/** The solution at the λ of the state. */
export function solutionOf(path: Float64Array, state: State): Solution {
  const k = indexOf(state.lambda);
  const [a, b] = [path[2 * k] as number, path[2 * k + 1] as number];
  const [da, db] = [a - state.best[0], b - state.best[1]];
  const { square, magnitude } = sharesOf(state);
  return {
    w: [a, b],
    loss: da * da + 2 * state.correlation * da * db + db * db,
    penalty: square * (a * a + b * b) + magnitude * (Math.abs(a) + Math.abs(b)),
  };
}

/** `zeros` are the λ from which on each weight is 0, or null. */
export function sentences(path: Float64Array, zeros: readonly (number | null)[], state: State, text: Text): string[] {
  const { w, loss, penalty } = solutionOf(path, state);
  const [a, b] = w;
  const shown = { lambda: format(10 ** state.lambda), a: format(a), b: format(b) };
  const first = text("says.solution", { ...shown, loss: format(loss), penalty: format(penalty) });
  const now = [0, 1].filter((k) => w[k] === 0);
  const where =
    now.length === 2
      ? text("says.origin")
      : now.length === 1
        ? text("says.corner", { name: text(`weight.${now[0]}`) })
        : text("says.smooth");
  const names = zeros.flatMap((lambda, k) =>
    lambda === null ? [] : [text("says.from", { name: text(`weight.${k}`), lambda: format(lambda) })],
  );
  const last = names.length === 0 ? text("says.never") : text("says.zeros", { names: names.join(text("separator")) });
  return [first, where, last];
}

/** Words for screen readers. */
export function spoken(path: Float64Array, state: State, text: Text): string {
  const [a, b] = solutionOf(path, state).w;
  return text("status", { lambda: format(10 ** state.lambda), a: format(a), b: format(b) });
}

export function exampleTable(rows: readonly Scored[], beta: number, text: Text): HTMLTableElement {
  const heads = ["score", "l2", "l1", "elastic"].map((key): Column => ({ head: text(`table.${key}`), isNumber: true }));
  const cells = rows.map(({ w, score, l2, l1, elastic }) => [
    `(${w.join(", ")})`,
    ...[score, l2, l1, elastic].map((value) => format(value, 4)),
  ]);
  return tableOf(text("table.caption", { beta: format(beta) }), [{ head: text("table.w") }, ...heads], cells);
}
