// The user's points: added with the pen, and erased.

import type { State } from "./controls.ts";
import { classCount, isClasses, ownPoints, ownText, type Sample } from "./data.ts";

/** Points that an address can hold. */
const most = 200;
/** Distance up to which a point is erased. */
const near = 0.3;

type Place = readonly [x: number, y: number];

/** The nearest of some points within reach; −1 without one. */
function nearest(points: readonly Sample[], [x, y]: Place): number {
  const far = points.map(([px, py]) => Math.sqrt((px - x) ** 2 + (py - y) ** 2));
  const least = Math.min(...far);
  return least <= near ? far.indexOf(least) : -1;
}

/** The points, as text, with another one of the pen's class; null if the pen adds none. */
export function addedPoint(state: State, place: Place): string | null {
  if (state.pen === "look") return null;
  if (state.pen === "erase") return erasedPoint(state.points, place);
  const points = ownPoints(state.points);
  const kind = Number(state.pen.slice("class".length));
  if (points.length >= most || (isClasses(state) && kind >= classCount(state))) return null;
  return ownText([...points, [...place, kind]]);
}

/** The points without the one that is nearest to a place; null if none is near. */
export function erasedPoint(text: string, place: Place): string | null {
  const points = ownPoints(text);
  const at = nearest(points, place);
  return at < 0 ? null : ownText(points.filter((_, k) => k !== at));
}
