// Pictures of 28 × 28 pixels in three tones, drawn by formulas or by hand, and their text in an address.

/** Pixels of a side. */
export const side = 28;

/** Tones of a pixel: 0, ½ and 1, so that sums of few pixels are short numbers. */
const tones = 3;

type Point = readonly [x: number, y: number];

/** Distance from a point to the line between two others. */
function toLine([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/** Distance to an arc, from one angle to a larger one, in quarters of a turn from the right over below. */
function toArc([x, y]: Point, [cx, cy]: Point, radius: number, from: number, to: number): number {
  const quarter = (Math.atan2(y - cy, x - cx) * 2) / Math.PI;
  const inside = [quarter, quarter + 4].some((angle) => angle >= from && angle <= to);
  const end = (angle: number): number =>
    Math.hypot(x - cx - radius * Math.cos((angle * Math.PI) / 2), y - cy - radius * Math.sin((angle * Math.PI) / 2));
  return inside ? Math.abs(Math.hypot(x - cx, y - cy) - radius) : Math.min(end(from), end(to));
}

/** Ink of a pen of two pixels at a distance from its line. */
const pen = (distance: number): number => 1.7 - distance;
const disc = ([x, y]: Point, [cx, cy]: Point, radius: number): number => radius + 0.5 - Math.hypot(x - cx, y - cy);

/** Ink at a pixel, which is cut off at 0 and 1. */
const formulas: Readonly<Record<string, (at: Point) => number>> = {
  digit: (at) => pen(Math.min(toArc(at, [13, 9], 4.6, -1.8, 1.05), toArc(at, [13, 18.6], 5, -1.05, 1.8))),
  letter: (at) =>
    pen(Math.min(toLine(at, [6, 23], [13.5, 4]), toLine(at, [13.5, 4], [21, 23]), toLine(at, [9, 17], [18, 17]))),
  face: (at) =>
    Math.max(
      pen(toArc(at, [13.5, 13.5], 11, -2, 2)),
      disc(at, [9.5, 10.5], 1.5),
      disc(at, [17.5, 10.5], 1.5),
      pen(toArc(at, [13.5, 13.5], 5.5, 0.3, 1.7)),
    ),
  stripes: ([x]) => (x % 8 < 4 ? 0 : 1),
  square: ([x, y]) => (x >= 8 && x < 20 && y >= 8 && y < 20 ? 1 : 0),
  dot: ([x, y]) => (x === 14 && y === 14 ? 1 : 0),
  blank: () => 0,
};

export const pictureNames: readonly string[] = Object.keys(formulas);

/** Nearest tone of an ink, 0 .. 1. */
const toned = (ink: number): number => Math.round(Math.min(1, Math.max(0, ink)) * (tones - 1)) / (tones - 1);

const letters = "abcdefghijklmnopqrstuvwxyz_";

/** Text of a picture: a letter for three pixels. */
export function pictureText(pixels: ArrayLike<number>): string {
  const digit = (k: number): number => Math.round((pixels[k] ?? 0) * (tones - 1));
  return Array.from({ length: Math.ceil(side ** 2 / 3) }, (_, k) => {
    const number = digit(3 * k) + tones * (digit(3 * k + 1) + tones * digit(3 * k + 2));
    return letters[number];
  }).join("");
}

function pixelsOf(text: string): Float64Array {
  return Float64Array.from({ length: side ** 2 }, (_, k) => {
    const number = letters.indexOf(text[Math.floor(k / 3)] ?? "a");
    return (Math.floor(number / tones ** (k % 3)) % tones) / (tones - 1);
  });
}

const pattern = new RegExp(`^([a-z_]{${Math.ceil(side ** 2 / 3)}})?$`);

/** Controls of the pad: a picture to begin with, what the pointer does, and the picture drawn by hand, which has no field. */
export const padControls = {
  picture: { kind: "choice", place: "top", options: pictureNames, value: "digit", resets: ["drawing"] },
  tool: { kind: "choice", place: "top", options: ["draw", "erase"], value: "draw" },
  drawing: {
    kind: "formula",
    value: "" as string,
    check: (text: string) => (pattern.test(text) ? null : { key: "drawing", values: {} }),
    when: () => false,
  },
} as const;

/** Pixels [28, 28] of the chosen or drawn picture, 0 .. 1, row by row. */
export function pixelsShown({
  picture,
  drawing,
}: {
  readonly picture: string;
  readonly drawing: string;
}): Float64Array {
  if (drawing !== "") return pixelsOf(drawing);
  const ink = formulas[picture] as (at: Point) => number;
  return Float64Array.from({ length: side ** 2 }, (_, k) => toned(ink([k % side, Math.floor(k / side)])));
}
