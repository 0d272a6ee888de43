// Colors: a palette for series, and a map of shares of a range to colors, each for light and for dark backgrounds.

import { checkChoice, checkNumber } from "../values/options.js";

/** A color on light and on dark backgrounds, as #rrggbb. */
export interface SchemeColor {
  /** On light backgrounds. */
  readonly light: string;
  /** On dark backgrounds. */
  readonly dark: string;
}

/** Background: light or dark. */
export type ColorScheme = "light" | "dark";

const color = (light: string, dark: string): SchemeColor => ({ light, dark });

/**
 * The seven colors of series, in their order. Any two differ by at least 8 of 100 in OKLab, also as seen with protanopia and
 * deuteranopia, by 4 of 100 in lightness, so that they remain different in grey, and all have a contrast of at least 3 : 1 with
 * their background. The eighth series has the color of the first with a dashed line.
 *
 * Found by a random search for the largest least difference. Ottosson, *A perceptual color space for image processing*, 2020;
 * Machado, Oliveira and Fernandes, *A physiologically-based model for simulation of color vision deficiency*, IEEE Trans.
 * Visualization and Computer Graphics 15, 2009.
 *
 * @example
 * categoricalColors[0]; // { light: "#015982", dark: "#54befe" }
 */
export const categoricalColors: readonly SchemeColor[] = [
  color("#015982", "#54befe"),
  color("#d87b0f", "#e58401"),
  color("#0e7b60", "#85f6b3"),
  color("#3f0158", "#c24582"),
  color("#593300", "#ffb472"),
  color("#10171f", "#e6effc"),
  color("#148eaf", "#049cbd"),
];

/** Colors of equal steps in OKLab, from that of the background to its opposite; lightness is monotone for all eyes. */
const sequential: Readonly<Record<ColorScheme, readonly string[]>> = {
  light: "#fefaed #dbeac6 #addbaf #79cba6 #3cb8a5 #0ea1a2 #0c8899 #0a6f8d #085880 #15416d #1d2c50".split(" "),
  dark: "#12161f #16273f #063d5c #01556b #096d77 #0a867f #2d9f80 #6bb37f #9fc386 #ccd39b #efe5c0".split(" "),
};

/**
 * Color for a share of a range: 0 is close to the background, 1 its opposite, and equal differences look equally large. Lightness
 * is monotone, so that the order can be seen in grey and with protanopia or deuteranopia.
 *
 * @param share   0 .. 1
 * @param scheme  "light" (default) or "dark" background
 * @throws RangeError  share is outside 0 .. 1, or scheme is neither
 * @example
 * sequentialColor(0); // "#fefaed"
 * sequentialColor(1, "dark"); // "#efe5c0"
 */
export function sequentialColor(share: number, scheme: ColorScheme = "light"): string {
  checkNumber("sequentialColor", "share", share, { min: 0, max: 1 });
  const stops = sequential[checkChoice("sequentialColor", "scheme", scheme, ["light", "dark"])];
  const place = share * (stops.length - 1);
  const k = Math.min(Math.floor(place), stops.length - 2);
  const part = (stop: string, at: number): number => Number.parseInt(stop.slice(at, at + 2), 16);
  const [low, high] = [stops[k] as string, stops[k + 1] as string];
  const mixed = [1, 3, 5].map((at) => Math.round(part(low, at) + (place - k) * (part(high, at) - part(low, at))));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** Colors that are not of series, by the name of their custom property --plot-NAME. */
export const inks: Readonly<Record<string, SchemeColor>> = {
  paper: color("#ffffff", "#0d1117"),
  ink: color("#1f2328", "#e6edf3"),
  muted: color("#59636e", "#9198a1"),
  rule: color("#dfe4e9", "#2d343d"),
};

/** CSS classes of the line of series k: its color, dashed when colors repeat. */
export const seriesClass = (k: number): string =>
  `s${k % categoricalColors.length}${k >= categoricalColors.length ? " dashed" : ""}`;
/** CSS class of an area of series k. */
export const fillClass = (k: number): string => `f${k % categoricalColors.length}`;
/** CSS class of an area with the color of a share 0 .. 1. */
export const shareClass = (share: number): string => `q${Math.round(100 * share)}`;
