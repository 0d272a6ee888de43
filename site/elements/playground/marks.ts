// Samples as marks: the class is the form and the color, and test samples are hollow.

import { svg } from "../kit/dom.ts";
import type { Data, Sample } from "./data.ts";

/** Outline of a mark of a class around a point. */
function outline(kind: number, x: number, y: number, size = 3.6): string {
  const place = (dx: number, dy: number): string => `${(x + dx * size).toFixed(1)} ${(y + dy * size).toFixed(1)}`;
  const polygon = (...corners: readonly (readonly [number, number])[]): string =>
    `M${corners.map(([dx, dy]) => place(dx, dy)).join("L")}Z`;
  switch (kind) {
    case 1:
      return polygon([-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]);
    case 2:
      return polygon([0, -1.2], [1.15, 0.9], [-1.15, 0.9]);
    case 3:
      return polygon([0, -1.4], [1.2, 0], [0, 1.4], [-1.2, 0]);
    default:
      return `M${place(-1, 0)}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0Z`;
  }
}

/** Steps of the colors of values between −1 and 1. */
export const valueSteps = 8;
const stepOf = (value: number): number => Math.round(((Math.max(-1, Math.min(1, value)) + 1) / 2) * valueSteps);

/** Classes of a mark's look: class or step of the value, and set. */
const lookOf = (task: Data["task"], set: "train" | "test", target: number): string =>
  `mark ${set} ${task === "classes" ? `class${target}` : `value${stepOf(target)}`}`;

/** The samples as few paths, one for each look. */
export function marksOf({ task, train, test }: Data, x: (value: number) => number, y: (value: number) => number) {
  const paths = new Map<string, string>();
  const add = (set: "train" | "test", samples: readonly Sample[]): void => {
    for (const [px, py, target] of samples) {
      const look = lookOf(task, set, target);
      paths.set(look, (paths.get(look) ?? "") + outline(task === "classes" ? target : 0, x(px), y(py)));
    }
  };
  add("train", train);
  add("test", test);
  return Array.from(paths, ([look, d]) => svg("path", { class: look, d }));
}

/** A mark for a legend. */
export const sign = (look: string, kind: number): SVGSVGElement =>
  svg(
    "svg",
    { class: "sign", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" },
    svg("path", { class: `mark ${look}`, d: outline(kind, 6, 6) }),
  );
