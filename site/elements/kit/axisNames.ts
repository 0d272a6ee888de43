// Names of the axes of a plane, written inside its corners so that they take no room from the drawing.

import { svg } from "./dom.ts";
import type { Plane } from "./plane.ts";

/** Marks with the names of both axes, for a plane that is laid out. */
export function axisNames({ x, y }: Plane, xName: string, yName: string): SVGTextElement[] {
  const [left, right] = x.positions;
  const [bottom, top] = y.positions;
  return [
    svg("text", { class: "axis-name", x: right - 6, y: bottom - 7, "text-anchor": "end" }, xName),
    svg("text", { class: "axis-name", x: left + 6, y: top + 15 }, yName),
  ];
}
