// Frame of every picture: an SVG with a title and a description for screen readers, and a font that is legible at a width of
// 320 pixels.

import { checkNumber, shown } from "../values/options.js";
import { styleOf } from "./style.js";
import { escaped, label, lineHeight, round, wrapped } from "./text.js";

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

/** Attributes of the outer element of a picture of this size. */
export const outerAttributes = (width: number, height: number): string =>
  `xmlns="http://www.w3.org/2000/svg" class="thalweg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;

/** SVG text with this body. */
export function sheetOf({ title, description, width, height }: Sheet, body: readonly string[]): string {
  const out = [
    `<svg ${outerAttributes(width, height)}` +
      ' style="max-width:100%;height:auto" role="img" font-family="system-ui, sans-serif" font-size="15">',
  ];
  if (title) out.push(`<title>${escaped(title)}</title>`);
  if (description) out.push(`<desc>${escaped(description)}</desc>`);
  const all = [`<rect class="paper" width="${width}" height="${height}"/>`, ...body];
  out.push(`<style>${styleOf(all.join(""))}</style>`, ...all, "</svg>");
  return `${out.join("\n")}\n`;
}

/** Removes the style from a picture that is placed in another one. */
export function withoutStyle(svg: string): string {
  return svg.replace(/<style>[\s\S]*?<\/style>\n/, "").trimEnd();
}

/** Wrapped title of a picture, and its height. */
export function heading({ title, width }: Sheet): { height: number; marks: string[] } {
  if (!title) return { height: 6, marks: [] };
  const lines = wrapped(title, (width - 16) / 1.12);
  const marks = lines.map((text, k) => label(text, 10, 22 + lineHeight * k, 'font-weight="600"'));
  return { height: 10 + lineHeight * lines.length, marks };
}

/** Clips marks to the area; their coordinates begin at its corner. */
export function clipped({ left, top, width, height }: Area, marks: readonly string[]): string {
  return `<svg x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}">\n${marks.join("\n")}\n</svg>`;
}
