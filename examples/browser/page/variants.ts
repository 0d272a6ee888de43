/** The drawn digit moved and turned: a robust network predicts the same for it. */

import { percent } from "./bars.js";
import { PIXELS } from "./digits.js";
import { paint } from "./picture.js";

const SIDE = 28;

interface Variant {
  sign: string;
  /** For screen readers. */
  name: string;
  /** Pixels to the right. */
  right?: number;
  /** Pixels down. */
  down?: number;
  /** Degrees, positive clockwise. */
  turn?: number;
}

const VARIANTS: readonly Variant[] = [
  { sign: "← 4", name: "moved left", right: -4 },
  { sign: "→ 4", name: "moved right", right: 4 },
  { sign: "↑ 4", name: "moved up", down: -4 },
  { sign: "↓ 4", name: "moved down", down: 4 },
  { sign: "↺ 20°", name: "turned left", turn: -20 },
  { sign: "↻ 20°", name: "turned right", turn: 20 },
];

/** distorted: a digit turned about its centre and moved, bilinear. */
function distorted(pixels: Uint8Array, { right = 0, down = 0, turn = 0 }: Variant): Uint8Array {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const ink = (x: number, y: number): number =>
    x >= 0 && x < SIDE && y >= 0 && y < SIDE ? (pixels[y * SIDE + x] as number) : 0;
  return Uint8Array.from({ length: PIXELS }, (_, k) => {
    const [across, along] = [(k % SIDE) - right - (SIDE - 1) / 2, Math.floor(k / SIDE) - down - (SIDE - 1) / 2];
    const x = cos * across + sin * along + (SIDE - 1) / 2;
    const y = cos * along - sin * across + (SIDE - 1) / 2;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const row = (y: number): number => ink(left, y) + (x - left) * (ink(left + 1, y) - ink(left, y));
    return Math.round(row(top) + (y - top) * (row(top + 1) - row(top)));
  });
}

export interface Variants {
  /** Shows the predictions for a digit of which `label` was predicted; null if there is none. */
  show(digit: Uint8Array | null, label?: number): void;
  repaint(): void;
}

/** createVariants: fills a list and the sentence about it. */
export function createVariants(
  list: HTMLElement,
  about: HTMLElement,
  classify: (digit: Uint8Array) => { label: number; probabilities: number[] },
): Variants {
  const rows = VARIANTS.map((variant) => {
    const row = document.createElement("li");
    const [picture, sign, words, predicted, probability] = ["canvas", "i", "span", "b", "span"].map((tag) =>
      row.appendChild(document.createElement(tag)),
    ) as [HTMLCanvasElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    for (const seen of [picture, sign]) seen.setAttribute("aria-hidden", "true");
    sign.textContent = variant.sign;
    words.className = "hidden";
    words.textContent = `${variant.name}: `;
    list.append(row);
    return { variant, row, picture, predicted, probability, pixels: new Uint8Array(PIXELS) as Uint8Array };
  });
  const repaint = (): void => {
    for (const { picture, pixels } of rows) paint(picture, pixels);
  };
  return {
    repaint,
    show(digit, label) {
      let same = 0;
      for (const one of rows) {
        one.pixels = digit ? distorted(digit, one.variant) : new Uint8Array(PIXELS);
        const found = digit && classify(one.pixels);
        one.predicted.textContent = found ? String(found.label) : "–";
        one.probability.textContent = found ? percent(found.probabilities[found.label] as number) : "";
        one.row.classList.toggle("other", found !== null && found.label !== label);
        same += Number(found?.label === label);
      }
      repaint();
      about.textContent = digit
        ? `Moved by 4 pixels or turned by 20°, it is still read as ${label} in ${same} of ${rows.length} cases.`
        : "A robust network still reads a digit that is moved by 4 pixels or turned by 20°.";
    },
  };
}
