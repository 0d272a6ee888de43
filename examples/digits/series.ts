/** Appearance and explanation of each run: the same color, dash and mark everywhere in the report. */

import {
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";

/** The look of one run. Colours are the CSS variables --series-0 .. --series-5. */
export interface SeriesStyle {
  color: string;
  /** SVG stroke-dasharray; "none" is a solid line. */
  dash: string;
  mark: SymbolType;
  /** One sentence for somebody who has never heard of it. */
  explanation: string;
}

const STYLES: Record<string, Omit<SeriesStyle, "color">> = {
  "batch GD": {
    dash: "2 3",
    mark: symbolSquare,
    explanation:
      "Batch gradient descent looks at every training digit before each single update: the surest direction, at the " +
      "highest price per step.",
  },
  "SGD, one sample": {
    dash: "1 4 6 4",
    mark: symbolTriangle,
    explanation:
      "Stochastic gradient descent updates after every single digit: very many cheap steps, each pulled about by the " +
      "one digit it has seen.",
  },
  "mini-batch SGD": {
    dash: "9 4",
    mark: symbolDiamond,
    explanation:
      "Mini-batch gradient descent averages over a small handful of digits before each update: nearly as steady as " +
      "the whole set and nearly as cheap as one digit.",
  },
  "SGD + momentum": {
    dash: "9 3 2 3",
    mark: symbolCross,
    explanation:
      "Momentum keeps part of the previous step, like a ball rolling downhill, so that steps in a common direction " +
      "add up and zigzags cancel out.",
  },
  Adam: {
    dash: "none",
    mark: symbolCircle,
    explanation:
      "Adam adds to momentum a step length of its own for every weight: long where gradients have been small, short " +
      "where they have been large.",
  },
  convolutional: {
    dash: "12 3",
    mark: symbolStar,
    explanation:
      "A convolutional network looks for the same small patterns everywhere in the picture: two layers of 8 and 16 " +
      "patterns of 3 × 3 pixels, each followed by max pooling and batch normalization, then one dense layer. It has 9,122 " +
      "weights, and is trained with Adam.",
  },
};

const NAMES = Object.keys(STYLES);

/** styleOf: the look of a run. */
export function styleOf(name: string): SeriesStyle {
  return { ...(STYLES[name] as SeriesStyle), color: `var(--series-${NAMES.indexOf(name)})` };
}

/** markAt: the run's mark as SVG, centred at a point. */
export function markAt(style: SeriesStyle, x: number, y: number, area = 52): string {
  const path = symbol(style.mark, area).digits(2)();
  const place = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
  return `<path class="mark" d="${path}" transform="${place}" fill="${style.color}"/>`;
}

/** swatch: a short piece of the run's line with its mark, for headings and tables. */
export function swatch(name: string): string {
  const style = styleOf(name);
  return (
    `<svg class="swatch" viewBox="0 0 44 14" width="44" height="14" aria-hidden="true">` +
    `<path d="M1 7H43" stroke="${style.color}" stroke-width="2.5" stroke-dasharray="${style.dash}"/>` +
    `${markAt(style, 22, 7, 60)}</svg>`
  );
}
