// Colors of classes and values, as numbers that a canvas mixes: those of the library's charts on the page's ground.

import { type ColorScheme, categoricalColors } from "thalweg/plot";

type Color = readonly [red: number, green: number, blue: number];

const ofHex = (text: string): Color =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as unknown as Color;

export interface Palette {
  readonly ground: Color;
  readonly classes: readonly Color[];
  readonly ink: string;
}

/** Colors of the theme that an element stands in. */
export function paletteOf(element: Element): Palette {
  const { host } = element.getRootNode() as ShadowRoot;
  const scheme: ColorScheme = host.hasAttribute("dark") ? "dark" : "light";
  const { backgroundColor, color } = getComputedStyle(element.closest(".figure") as Element);
  const ground = (backgroundColor.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
  return {
    ground: ground as unknown as Color,
    classes: categoricalColors.slice(0, 4).map((color) => ofHex(color[scheme])),
    ink: color,
  };
}

/** Part of a class's color where it is certain, so that points stand out from the ground. */
const strongest = 0.6;

/** Writes the color of a value between −1 (class 0's) and 1 (class 1's), the ground's at 0. */
export function writeValue(
  { ground, classes }: Palette,
  out: Uint8ClampedArray,
  at: number,
  value: number,
  most = strongest,
): void {
  const color = classes[value < 0 ? 0 : 1] as Color;
  const share = most * Math.min(1, Math.abs(value));
  for (let k = 0; k < 3; k++)
    out[at + k] = (ground[k] as number) + share * ((color[k] as number) - (ground[k] as number));
  out[at + 3] = 255;
}

/** Writes the color of probabilities of classes: their mixture, the paler the more equal they are. */
export function writeClasses(
  { ground, classes }: Palette,
  out: Uint8ClampedArray,
  at: number,
  probabilities: ArrayLike<number>,
  from: number,
  count: number,
): void {
  let most = 0;
  for (let c = 0; c < count; c++) most = Math.max(most, probabilities[from + c] as number);
  const share = strongest * (0.15 + 0.85 * Math.max(0, (most - 1 / count) / (1 - 1 / count)));
  for (let k = 0; k < 3; k++) {
    let mixed = 0;
    for (let c = 0; c < count; c++) mixed += (probabilities[from + c] as number) * ((classes[c] as Color)[k] as number);
    out[at + k] = (ground[k] as number) + share * (mixed - (ground[k] as number));
  }
  out[at + 3] = 255;
}
