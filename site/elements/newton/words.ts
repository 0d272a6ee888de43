// The figure of Newton's methods in words. Every number comes from the state or the library's searches.

import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { lineSwatch } from "../kit/swatch.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { alphaOf, type State } from "./controls.ts";
import type { Local, Path, Point, Proposal } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** Class of the line of a method: color, and dash where colors alone would be few. */
export const classOf = (name: Proposal["name"]): string =>
  ({ newton: "s0", damped: "s1", saddleFree: "s2", trust: "s3", descent: "s4 dashed" })[name];

const pair = ([u, v]: Point): string =>
  Number.isFinite(u + v) ? `(${format(Math.abs(u) < 1e-12 ? 0 : u)}, ${format(Math.abs(v) < 1e-12 ? 0 : v)})` : "–";
const number = (value: number): string =>
  Number.isFinite(value) ? format(Math.abs(value) < 1e-14 ? 0 : value, 4) : "–";

/** Table of the steps that the methods propose. */
export function proposalTable(proposals: readonly Proposal[], state: State, text: Text): HTMLTableElement {
  const alpha = format(alphaOf(state));
  const heads = ["method", "step", "predicted", "actual"];
  const columns = heads.map((key, k) => ({ head: text(`table.${key}`), isNumber: k > 0 }));
  const rows = proposals.map(({ name, step, predicted, actual }) => [
    html("span", {}, lineSwatch(classOf(name)), text(`table.${name}`, { alpha })),
    pair(step),
    number(predicted),
    number(actual),
  ]);
  return tableOf(text("table.caption"), columns, rows);
}

/** A coordinate in four decimals. */
const place = (value: number): string => format(Number(value.toFixed(4)), 5);

/** True where the gradient counts as 0, with the tolerance of criticalPoint. */
const isCritical = ({ gradientNorm, value }: Local): boolean => gradientNorm <= 1e-6 * Math.max(1, Math.abs(value));

const degrees = (a: Point, b: Point): number =>
  (Math.abs(Math.atan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])) * 180) / Math.PI;

/** Words about the step of the chosen method. */
function stepWords(
  state: State,
  at: number,
  path: Path,
  local: Local,
  proposals: readonly Proposal[],
  text: Text,
): string[] {
  const chosen = proposals.find(({ name }) => name === state.method) as Proposal;
  const { step, predicted, actual } = chosen;
  const alpha = alphaOf(state);
  const damping = { alpha: format(alpha), needs: format(-local.eigenvalues[0]) };
  if (state.method === "damped" && alpha <= -local.eigenvalues[0]) return [text("says.tooLittle", damping)];
  if (!Number.isFinite(step[0] + step[1])) return [text("says.noStep")];
  const words = { step: pair(step), predicted: number(predicted), actual: number(actual) };
  if (state.method === "damped") {
    const downhill: Point = [-local.gradient[0], -local.gradient[1]];
    const share = (alpha * Math.hypot(...step)) / Math.hypot(...downhill);
    const values = { ...words, ...damping, angle: format(degrees(step, downhill)), share: format(share) };
    return [text("says.damped", values), ...(local.eigenvalues[0] < 0 ? [text("says.enough", damping)] : [])];
  }
  if (state.method === "trust" && path.trials) {
    const { from, radius } = path.trials;
    const tried = Array.from(from).filter((k) => k === at).length;
    const last = from.lastIndexOf(at);
    if (last >= 0) return [text("says.trust", { ...words, radius: format(radius[last] as number), tried })];
  }
  return [text("says.step", { ...words, method: text(`method.${state.method}`) })];
}

export function sentences(
  state: State,
  at: number,
  path: Path,
  local: Local | null,
  end: Local | null,
  proposals: readonly Proposal[],
  text: Text,
): string[] {
  if (!local) return [text("says.notFinite")];
  const [low, high] = local.eigenvalues;
  const [x, y] = local.point;
  const bends = low > 0 ? "up" : high < 0 ? "down" : low < 0 && high > 0 ? "both" : "flat";
  const here = text("says.here", {
    ...{ at, x: place(x), y: place(y), value: number(local.value), gradient: number(local.gradientNorm) },
    ...{ low: number(low), high: number(high), bends: text(`bends.${bends}`) },
  });
  const steps = path.points.length - 1;
  const method = text(`method.${state.method}`);
  const finish = !end
    ? text("says.overflow", { method, steps })
    : text("says.end", {
        ...{ method, steps, x: place(end.point[0]), y: place(end.point[1]), value: number(end.value) },
        ...{ status: text(`status.${path.status}`), kind: text(`kind.${isCritical(end) ? end.kind : "none"}`) },
      });
  return [here, ...stepWords(state, at, path, local, proposals, text), finish];
}
