// The box around a scene in perspective: its far sides with grid lines, and ticks and names at the edges that are seen from outside.

import { boxHeight, type Camera, type Place } from "./camera.ts";
import type { Axes } from "./thread.ts";

interface Inks {
  readonly line: string;
  readonly muted: string;
  readonly font: string;
}

/** Length of an edge below which it has no texts, and height of a text, in pixels. */
const shortest = 30;
const lineHeight = 14;

/** Draws the floor, the two far sides, and the texts of the three axes. */
export function drawBox(
  context: CanvasRenderingContext2D,
  camera: Camera,
  { x, y, z }: Axes,
  names: readonly [string, string, string],
  { line, muted, font }: Inks,
): void {
  const [nearX, nearY] = [camera.near(0), camera.near(1)];
  const h = boxHeight;
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.beginPath();
  const stroke = (...places: readonly Place[]): void => {
    for (const [k, place] of places.entries()) {
      const at = camera.at(...place);
      if (k === 0) context.moveTo(...at);
      else context.lineTo(...at);
    }
  };
  // A grid line crosses the floor and climbs the far side, or runs along both far sides.
  for (const { at } of x.ticks) stroke([at, nearY, -h], [at, -nearY, -h], [at, -nearY, h]);
  for (const { at } of y.ticks) stroke([nearX, at, -h], [-nearX, at, -h], [-nearX, at, h]);
  for (const { at } of z.ticks) stroke([-nearX, nearY, at], [-nearX, -nearY, at], [nearX, -nearY, at]);
  stroke([1, 1, -h], [1, -1, -h], [-1, -1, -h], [-1, 1, -h], [1, 1, -h]);
  for (const top of [-h, h]) stroke([-nearX, nearY, top], [-nearX, -nearY, top], [nearX, -nearY, top]);
  for (const [u, v] of [
    [-nearX, nearY],
    [-nearX, -nearY],
    [nearX, -nearY],
  ] as const)
    stroke([u, v, -h], [u, v, h]);
  context.stroke();
  context.fillStyle = muted;
  context.font = `12px ${font}`;
  const page = { middle: camera.at(0, 0, 0), taken: [] };
  const [left, right] = [camera.at(-nearX, nearY, 0)[0], camera.at(nearX, -nearY, 0)[0]];
  const edge: readonly [number, number] = left < right ? [-nearX, nearY] : [nearX, -nearY];
  label(context, camera, z.ticks, (at) => [...edge, at], page, names[2]);
  label(context, camera, x.ticks, (at) => [at, nearY, -h], page, names[0]);
  label(context, camera, y.ticks, (at) => [nearX, at, -h], page, names[1]);
}

/** Writes a text unless it would touch one that stands already. */
function write(
  context: CanvasRenderingContext2D,
  taken: [number, number, number][],
  text: string,
  x: number,
  y: number,
): void {
  const width = context.measureText(text).width;
  const middle = context.textAlign === "right" ? x - width / 2 : context.textAlign === "left" ? x + width / 2 : x;
  const isFree = taken.every(
    ([u, v, other]) => Math.abs(v - y) > lineHeight || Math.abs(u - middle) > (width + other) / 2 + 4,
  );
  if (!isFree) return;
  taken.push([middle, y, width]);
  context.fillText(text, x, y);
}

/** Writes the ticks of an axis outside of its edge, and its name beside the middle or, for the vertical axis, at the top. */
function label(
  context: CanvasRenderingContext2D,
  camera: Camera,
  ticks: readonly { readonly at: number; readonly text: string }[],
  place: (at: number) => Place,
  { middle, taken }: { middle: readonly [number, number]; taken: [number, number, number][] },
  name: string,
): void {
  const isVertical = place(0)[2] === 0;
  const [from, to] = [
    camera.at(...place(isVertical ? -boxHeight : -1)),
    camera.at(...place(isVertical ? boxHeight : 1)),
  ];
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length < shortest) return; // the axis points to the eye
  // Direction from the edge to the outside: across it, away from the middle.
  const across = [(to[1] - from[1]) / length, (from[0] - to[0]) / length] as const;
  const side = across[0] * (from[0] - middle[0]) + across[1] * (from[1] - middle[1]) < 0 ? -1 : 1;
  const [outX, outY] = [side * across[0], side * across[1]];
  context.textAlign = outX < -0.4 ? "right" : outX > 0.4 ? "left" : "center";
  context.textBaseline = "middle";
  for (const { at, text } of ticks) {
    const [px, py] = camera.at(...place(at));
    write(context, taken, text, px + 9 * outX, py + 11 * outY);
  }
  context.font = context.font.replace("12px", "italic 13px");
  const [px, py] = isVertical ? to : camera.at(...place(0));
  if (isVertical) context.fillText(name, px + 9 * outX, py - 15);
  else context.fillText(name, px + 30 * outX, py + 27 * outY);
  context.font = context.font.replace("italic 13px", "12px");
}
