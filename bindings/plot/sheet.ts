// Frame of every picture: an SVG with a title and a description for screen readers, colors that the color-blind can
// distinguish, a light and a dark scheme, and a font that is legible at a width of 320 pixels.

import { checkNumber, shown } from "../values/options.js";

/** Options of every picture. */
export interface PictureOptions {
  /** Title above the picture, also its name for screen readers; default none. */
  readonly title?: string;
  /** Description for screen readers; default none. */
  readonly description?: string;
  /** Width in user units, ≥ 160; default 480. The picture shrinks to the width of its container. */
  readonly width?: number;
  /** Height in user units, ≥ 120; default 320. */
  readonly height?: number;
}

/** Options with their defaults filled in. */
export type Sheet = Required<PictureOptions>;

/** Rectangle to draw in. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Names of the options above. */
export const pictureOptions = ["title", "description", "width", "height"] as const;

/** Checks the options and fills in the defaults. */
export function checkSheet(where: string, options: PictureOptions, usual: Partial<Sheet> = {}): Sheet {
  const { title = "", description = "", width = usual.width ?? 480, height = usual.height ?? 320 } = options;
  checkNumber(where, "width", width, { min: 160, below: 1e5 });
  checkNumber(where, "height", height, { min: 120, below: 1e5 });
  checkTexts(where, { title, description });
  return { title, description, width, height };
}

/** Checks that options are strings, given by name. */
export function checkTexts(where: string, texts: Readonly<Record<string, unknown>>): void {
  for (const [name, text] of Object.entries(texts))
    if (typeof text !== "string") throw new TypeError(`${where}: ${name} must be text, got ${shown(text)}.`);
}

/** Height of a line of text. */
export const lineHeight = 21;

/** Estimated width of a text; there is no font to measure. */
export function textWidth(text: string): number {
  const widthOf = (sign: string): number => (/[mwMW@]/.test(sign) ? 14 : /[iljft.,:;|'()! ]/.test(sign) ? 5.5 : 9.2);
  return [...text].reduce((sum, sign) => sum + widthOf(sign), 0);
}

// Okabe and Ito, Color universal design, 2008, without yellow, which is hard to see on white; lighter in the dark scheme.
const colors: readonly [light: string, dark: string][] = [
  ["#0072b2", "#56b4e9"],
  ["#d55e00", "#f58a3c"],
  ["#009e73", "#2cc69b"],
  ["#b0568b", "#e39dc6"],
  ["#b07800", "#edbb3f"],
  ["#24292f", "#e6edf3"],
  ["#3d8fc4", "#a9d5f5"],
];

/** CSS classes of the line of series k: its color, dashed when colors repeat. */
export const seriesClass = (k: number): string => `s${k % colors.length}${k >= colors.length ? " dashed" : ""}`;
/** CSS class of an area of series k. */
export const fillClass = (k: number): string => `f${k % colors.length}`;

function style(): string {
  const scheme = (which: 0 | 1, paper: string, ink: string, muted: string, rule: string): string =>
    [
      `.thalweg .paper{fill:${paper}}.thalweg text{fill:${ink}}.thalweg .muted{fill:${muted}}`,
      `.thalweg .rule{stroke:${rule}}.thalweg .axis{stroke:${muted}}.thalweg .halo{stroke:${paper}}`,
      `.thalweg .level{stroke:${muted};fill:${ink}}`,
      ...colors.map((pair, k) => `.thalweg .s${k}{stroke:${pair[which]}}.thalweg .f${k}{fill:${pair[which]}}`),
    ].join("");
  return (
    `<style>${scheme(0, "#ffffff", "#1f2328", "#59636e", "#dfe4e9")}` +
    ".thalweg .line{fill:none;stroke-width:2;stroke-linejoin:round}.thalweg .faint{stroke-width:1;opacity:.35}" +
    ".thalweg .dashed{stroke-dasharray:7 4}.thalweg .level{stroke-opacity:.45;stroke-width:.8;fill-opacity:.03}" +
    ".thalweg .region{fill-opacity:.2;stroke-width:1.5}.thalweg .point{stroke-width:1}" +
    `@media (prefers-color-scheme:dark){${scheme(1, "#0d1117", "#e6edf3", "#9198a1", "#2d343d")}}</style>`
  );
}

/** SVG text with this body. */
export function sheetOf({ title, description, width, height }: Sheet, body: readonly string[]): string {
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="thalweg" viewBox="0 0 ${width} ${height}" width="${width}"` +
      ` height="${height}" style="max-width:100%;height:auto" role="img" font-family="system-ui, sans-serif" font-size="15">`,
  ];
  if (title) out.push(`<title>${escaped(title)}</title>`);
  if (description) out.push(`<desc>${escaped(description)}</desc>`);
  out.push(style(), `<rect class="paper" width="${width}" height="${height}"/>`, ...body, "</svg>");
  return `${out.join("\n")}\n`;
}

/** Removes the style from a picture that is placed in another one. */
export function withoutStyle(svg: string): string {
  return svg.replace(/<style>[\s\S]*?<\/style>\n/, "").trimEnd();
}

/** Wrapped title of a picture, and its height. */
export function heading({ title, width }: Sheet): { height: number; marks: string[] } {
  if (!title) return { height: 6, marks: [] };
  const lines: string[] = [];
  for (const word of title.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && 1.12 * textWidth(longer) <= width - 16) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  const marks = lines.map((text, k) => label(text, 10, 22 + lineHeight * k, 'font-weight="600"'));
  return { height: 10 + lineHeight * lines.length, marks };
}

/** Text element; `how` are further attributes. */
export function label(text: string, x: number, y: number, how = ""): string {
  return `<text x="${round(x)}" y="${round(y)}"${how ? ` ${how}` : ""}>${escaped(text)}</text>`;
}

/** Clips marks to the area; their coordinates begin at its corner. */
export function clipped({ left, top, width, height }: Area, marks: readonly string[]): string {
  return `<svg x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}">\n${marks.join("\n")}\n</svg>`;
}

/** Circle of radius 4 around a point, as part of a path. */
export const dot = (x: number, y: number): string => `M${round(x - 4)},${round(y)}a4,4 0 1,0 8,0a4,4 0 1,0 -8,0`;

/** Key of colors and names in rows, and its height; empty for a single name. */
export function legend(
  names: readonly string[],
  top: number,
  width: number,
  dotted: readonly boolean[] = [],
): { height: number; marks: string[] } {
  if (names.length < 2) return { height: 0, marks: [] };
  let [x, y] = [10, top + 14];
  const marks = names.flatMap((name, k) => {
    const wide = 44 + textWidth(name);
    if (x > 10 && x + wide > width) [x, y] = [10, y + lineHeight];
    const sign = dotted[k]
      ? `<path class="${fillClass(k)}" d="${dot(x + 11, y - 5)}"/>`
      : `<path class="line ${seriesClass(k)}" d="M${round(x)},${round(y - 5)}h22"/>`;
    const mark = [sign, label(name, x + 28, y)];
    x += wide;
    return mark;
  });
  return { height: y - top + 8, marks };
}

/** Rounds to a number of decimals; default 2. */
export const round = (x: number, decimals = 2): number => Math.round(x * 10 ** decimals) / 10 ** decimals;

export function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // SVG does not allow control characters, even as entities.
  return text.replace(/[&<>"]|\p{Cc}/gu, (sign) => entities[sign] ?? " ");
}
