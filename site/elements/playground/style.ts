// The sheet of the playground.

import { categoricalColors } from "thalweg/plot";
import { valueSteps } from "./marks.ts";

const themed = (k: number): string => `light-dark(${categoricalColors[k]?.light}, ${categoricalColors[k]?.dark})`;

/** Color of a step of the values, from class 0's to class 1's. */
const stepColor = (step: number): string => {
  const share = (2 * step) / valueSteps - 1;
  return `color-mix(in srgb, ${themed(share < 0 ? 0 : 1)} ${Math.round(20 + 80 * Math.abs(share))}%, var(--ground))`;
};

const looks = [
  ...Array.from({ length: 4 }, (_, k) => [`class${k}`, themed(k)] as const),
  ...Array.from({ length: valueSteps + 1 }, (_, k) => [`value${k}`, stepColor(k)] as const),
];

export const playgroundStyle = `
  .pictures { display: grid; gap: 0.75rem 1rem; grid-template-columns: minmax(0, 1fr); }
  .mapped { order: -1; min-width: 0; }
  @container (min-width: 624px) {
    .pictures { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
    .mapped { order: 0; }
  }
  .empty > :not(.mapped), .empty canvas { visibility: hidden; }
  .map { position: relative; }
  .map canvas { position: absolute; }
  .map .plane { position: relative; touch-action: manipulation; cursor: crosshair; }
  .handle { fill: none; stroke-width: 1.5; }
  .mark { stroke-width: 1; stroke: var(--ground); }
  ${looks.map(([name, color]) => `.train.${name} { fill: ${color}; } .test.${name} { fill: var(--ground); stroke: ${color}; stroke-width: 1.5; }`).join("\n")}
  .train[class*="value"] { stroke: var(--text); stroke-width: 0.75; }
  .border { fill: none; stroke: var(--text); stroke-width: 1.5; }
  .cut { fill: none; stroke: var(--text); stroke-width: 1; stroke-dasharray: 5 4; }
  .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0 0 0 40px; font-size: 0.8125rem; color: var(--muted); }
  .legend span { display: inline-flex; align-items: center; gap: 0.35rem; }
  .sign { flex: none; }
  .network { position: relative; min-width: 0; }
  .links { position: absolute; inset: 0; width: 100%; height: 100%; }
  .nodes { position: absolute; inset: 0; }
  .node, .head { position: absolute; box-sizing: border-box; }
  .head { top: 0; transform: translateX(-50%); font-size: 0.75rem; color: var(--muted); white-space: nowrap; }
  .feature { display: flex; align-items: center; justify-content: center; font-size: 0.8125rem; white-space: nowrap; background: var(--ground); }
  button.node { min-height: 0; padding: 0; border: 1px solid var(--muted); border-radius: 4px; overflow: hidden; }
  button.node[aria-pressed="true"] { border: 2px solid var(--text); }
  button.node canvas { display: block; width: 100%; height: 100%; }
  .gauged { display: inline-flex; align-items: center; gap: 0.4rem; }
  .gauge { display: inline-block; height: 0.5rem; border-radius: 2px; background: var(--accent); opacity: 0.6; }
  .results { display: grid; gap: 0.75rem; align-content: start; }
  .top .presets, .top .data { flex: 1 1 max(13rem, calc(50% - 0.5rem)); }
  .top .formula, .top .value { flex-basis: 100%; }
  .top .pen { flex: 0 1 16rem; }
  .bar .pace, .bar .rate { flex-basis: 15rem; min-width: 15rem; }
  .bar .steps { flex: 0 1 auto; }
  .features .groups { display: block; }
  .features .group { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
  .features .group .title { display: none; }
`;
