/** Placement of the name of each line: near its end, with as little overlap with other lines as possible. */

export type Point = readonly [x: number, y: number];

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A line in pixels, and its name. */
export interface LabelledLine {
  text: string;
  line: readonly Point[];
}

/** A name that has found its place. */
export interface PlacedLabel {
  text: string;
  /** Left end of the label, half way up. */
  x: number;
  y: number;
  end: Point;
  /** True if the name is right after the end of its line and needs no leader. */
  attached: boolean;
  /** Point at which a thin line from the end of the curve meets the text; null if the name touches the curve. */
  leader: Point | null;
}

const GAP = 9;
/** Half the size of the mark at a line's end. */
const MARK = 5;
/** Room for the line's mark before its name, which says whose name it is where several lines end side by side. */
export const GLYPH = 13;

/**
 * placeLabels: tries places around the end of each line, from near to far, and takes the one that covers least.
 *
 * @param bounds no label leaves this box
 * @param font size of the text
 */
export function placeLabels(lines: readonly LabelledLine[], bounds: Box, font: number): PlacedLabel[] {
  const ink = lines.flatMap(({ line }) => alongLine(line));
  const taken: Box[] = [];
  const placed: PlacedLabel[] = [];
  // From top to bottom, so that neighbours keep their order.
  const order = lines.filter(({ line }) => line.length > 0).sort((a, b) => endOf(a)[1] - endOf(b)[1]);
  for (const one of order) {
    const end = endOf(one);
    const width = textWidth(one.text, font) + GLYPH;
    let best: Box | null = null;
    let bestCost = Number.POSITIVE_INFINITY;
    for (const [box, effort] of candidates(end, width, font)) {
      if (box.left < bounds.left || box.right > bounds.right || box.top < bounds.top || box.bottom > bounds.bottom) {
        continue;
      }
      if (taken.some((other) => overlap(box, other, 2))) continue;
      const covered = ink.filter(([x, y]) => x > box.left && x < box.right && y > box.top && y < box.bottom).length;
      const ends = order.filter((other) => distance(endOf(other), box) < MARK).length;
      const cost = 4 * covered + 30 * ends + distance(end, box) + effort;
      if (cost < bestCost) {
        best = box;
        bestCost = cost;
      }
    }
    if (best === null) continue;
    taken.push(best);
    const meet: Point = [clamp(end[0], best.left, best.right), clamp(end[1], best.top + 2, best.bottom - 2)];
    const far = Math.hypot(meet[0] - end[0], meet[1] - end[1]) > GAP + 4;
    const y = (best.top + best.bottom) / 2;
    const attached = best.left === end[0] + GAP && Math.abs(y - end[1]) < 1;
    placed.push({ text: one.text, x: best.left, y, end, attached, leader: far ? meet : null });
  }
  return placed;
}

/** Places around a point, each with a penalty: to the right is where one looks first. */
function candidates(end: Point, width: number, font: number): [Box, number][] {
  const height = 1.2 * font;
  const places: [Box, number][] = [];
  const add = (left: number, middle: number, effort: number) =>
    places.push([{ left, right: left + width, top: middle - height / 2, bottom: middle + height / 2 }, effort]);
  for (let ring = 0; ring <= 12; ring++) {
    for (const side of ring === 0 ? [0] : [-1, 1]) {
      const middle = end[1] + side * ring * 0.5 * height;
      add(end[0] + GAP, middle, 0);
      add(end[0] - width - GAP, middle, 8);
      if (ring >= 2) add(end[0] - width / 2, middle, 4);
    }
  }
  return places;
}

/** Width of bold text in the widest of the usual system fonts: no label may be cut off anywhere. */
function textWidth(text: string, font: number): number {
  let width = 0;
  for (const character of text) {
    if (/[mMwW]/.test(character)) width += 1.06;
    else if (/[ .,ijlt1I]/.test(character)) width += 0.44;
    else width += /[A-Z]/.test(character) ? 0.8 : 0.71;
  }
  return width * font;
}

/** Points every four pixels along a line. */
function alongLine(points: readonly Point[]): Point[] {
  const dense: Point[] = [];
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1] as Point;
    const [x1, y1] = points[i] as Point;
    const steps = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 4));
    for (let step = 0; step < steps; step++) {
      dense.push([x0 + ((x1 - x0) * step) / steps, y0 + ((y1 - y0) * step) / steps]);
    }
  }
  const last = points.at(-1);
  if (last !== undefined) dense.push(last);
  return dense;
}

function endOf({ line }: LabelledLine): Point {
  return line.at(-1) as Point;
}

function overlap(a: Box, b: Box, gap: number): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

function distance([x, y]: Point, box: Box): number {
  return Math.hypot(x - clamp(x, box.left, box.right), y - clamp(y, box.top, box.bottom));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
