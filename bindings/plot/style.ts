// The style sheet of a picture: rules of the classes that it uses. A page changes a color by a custom property, --plot-0 or
// --plot-ink, and chooses light or dark by its color-scheme; a picture that stands alone follows the reader's preference.

import { categoricalColors, inks, type SchemeColor, sequentialColor } from "./colors.js";

/** Fixed rules by class, later ones stronger. */
const shapes: Readonly<Record<string, string>> = {
  line: "fill:none;stroke-width:2;stroke-linejoin:round",
  thin: "stroke-width:1",
  faint: "stroke-width:1;stroke-opacity:.35",
  dashed: "stroke-dasharray:7 4",
  level: "fill:none;stroke-opacity:.4;stroke-width:.7",
  region: "fill-opacity:.2;stroke-width:1.5",
  point: "stroke-width:1",
};

/** Color rules of a class: property, custom property, color. */
function colorsOf(name: string): [property: string, custom: string, color: SchemeColor][] {
  const ink = (which: string): SchemeColor => inks[which] as SchemeColor;
  const [, letter = "", number = ""] = /^([sfq])(\d+)$/.exec(name) ?? [];
  if (letter === "q") {
    const share = Number(number) / 100;
    return [["fill", "", { light: sequentialColor(share), dark: sequentialColor(share, "dark") }]];
  }
  if (letter) return [[letter === "s" ? "stroke" : "fill", number, categoricalColors[Number(number)] as SchemeColor]];
  if (name === "paper" || name === "muted") return [["fill", name, ink(name)]];
  if (name === "inked") return [["fill", "ink", ink("ink")]];
  if (name === "drawn" || name === "level") return [["stroke", "ink", ink("ink")]];
  if (name === "rule") return [["stroke", "rule", ink("rule")]];
  if (name === "axis") return [["stroke", "muted", ink("muted")]];
  return name === "halo" ? [["stroke", "paper", ink("paper")]] : [];
}

/** Selector of a class; those that change a line are stronger, as sheets of several pictures of a page follow each other. */
const selectorOf = (name: string): string => (name === "faint" || name === "thin" ? `.${name}.${name}` : `.${name}`);

/** Style sheet of a body of marks. */
export const styleOf = (body: string): string =>
  sheetFor(new Set([...body.matchAll(/class="([^"]*)"/g)].flatMap(([, names = ""]) => names.split(" "))));

/** Style sheet of all classes, for charts that change. */
export function wholeStyle(): string {
  const series = categoricalColors.flatMap((_, k) => [`s${k}`, `f${k}`]);
  const shares = Array.from({ length: 101 }, (_, k) => `q${k}`);
  const others = ["paper", "muted", "inked", "drawn", "level", "rule", "axis", "halo"];
  return sheetFor(new Set([...Object.keys(shapes), ...series, ...shares, ...others]));
}

function sheetFor(used: ReadonlySet<string>): string {
  const text: [string, string, SchemeColor] = ["fill", "ink", inks.ink as SchemeColor];
  const rules = [
    { selector: "text", colors: [text], shape: "" },
    ...[
      ...Object.keys(shapes).filter((name) => used.has(name)),
      ...[...used].filter((name) => !shapes[name]).sort(),
    ].map((name) => ({ selector: selectorOf(name), colors: colorsOf(name), shape: shapes[name] ?? "" })),
  ].filter(({ colors, shape }) => colors.length > 0 || shape !== "");
  const plain = rules.map(({ selector, colors, shape }) => {
    const own = colors.map(([property, , { light }]) => `${property}:${light}`);
    return `.thalweg ${selector}{${[...own, shape].filter(Boolean).join(";")}}`;
  });
  // Texts come first, so that a class of a text has its own color.
  const themed = rules.flatMap(({ selector, colors }) =>
    colors.map(([property, custom, { light, dark }]) => {
      const color = `light-dark(${light},${dark})`;
      return `.thalweg ${selector}{${property}:${custom ? `var(--plot-${custom},${color})` : color}}`;
    }),
  );
  return `${plain.join("")}@supports (color:light-dark(red,red)){:root.thalweg{color-scheme:light dark}${themed.join("")}}`;
}
