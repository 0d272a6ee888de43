// The sheet that all figures share. Colors are the site's custom properties, with values of their own for other pages.

import { categoricalColors, type SchemeColor, sequentialColor } from "thalweg/plot";
import { whereWide } from "./layout.ts";

/** Number of bands of level sets, `.band0` for the lowest values. */
export const bands = 13;

/** The palest part of the map, so that paths stay visible over it. */
const bandColor = (k: number): SchemeColor => {
  const share = (0.4 * k) / (bands - 1);
  return { light: sequentialColor(share), dark: sequentialColor(share, "dark") };
};
const themed = ({ light, dark }: SchemeColor): string => `light-dark(${light}, ${dark})`;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host {
    color-scheme: light; --plot-paper: var(--ground); --plot-ink: var(--text); --plot-muted: var(--muted); --plot-rule: var(--line);
    --text: var(--vp-c-text-1, #27272a); --muted: var(--vp-c-text-2, #52525b); --line: var(--vp-c-divider, #d4d4d8);
    --ground: var(--vp-c-bg, #fff); --accent: var(--vp-c-brand-1, #17627f); --danger: var(--vp-c-danger-1, #a8182f);
    display: block; margin: 1.5rem 0; color: var(--text); font-size: 0.875rem; line-height: 1.5;
  }
  :host([dark]) { color-scheme: dark; }
  .figure { position: relative; container-type: inline-size; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); overflow: hidden; }
  .inside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; padding: 0.75rem; }
  .title { margin: 0; font-size: 1rem; font-weight: 600; line-height: 1.4; }
  .stage { min-width: 0; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
  .bar .control { flex: 1 1 12rem; flex-wrap: nowrap; min-width: min-content; }
  .bar .control:has(select) { min-width: min(100%, 12rem); }
  .top:empty { display: none; }
  .top .formula { flex-wrap: wrap; }
  form { display: grid; grid-template-columns: 1fr; gap: 0.75rem; margin: 0.75rem 0 0; }
  fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
  legend { padding: 0; }
  [hidden] { display: none !important; }
  label.control { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.5rem; min-width: 0; }
  .label { flex: 1 0 100%; color: var(--muted); }
  .bar .label, .flag .label, legend.label { flex: 0 0 auto; }
  .point { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
  .point legend { float: left; margin-right: 0.5rem; }
  .point label { display: inline-flex; align-items: center; gap: 0.25rem; }
  select, input[type="number"], input[type="text"], button {
    box-sizing: border-box; min-height: 2rem; padding: 0.2rem 0.6rem; border: 1px solid var(--muted); border-radius: 6px;
    background: var(--ground); color: var(--text); font: inherit;
  }
  select { flex: 1 1 auto; min-width: 0; max-width: 24rem; }
  input[type="number"] { width: 5.5rem; }
  input[type="text"] { flex: 1 1 14rem; min-width: 0; font-family: var(--vp-font-family-mono, monospace); }
  input[type="range"] { flex: 1 1 6rem; min-width: 4rem; margin: 0; accent-color: var(--accent); }
  input[type="checkbox"] { flex: none; width: 1rem; height: 1rem; margin: 0; accent-color: var(--accent); }
  output { flex: none; min-width: 3.2rem; font-variant-numeric: tabular-nums; }
  button { cursor: pointer; }
  button:hover { border-color: var(--accent); color: var(--accent); }
  button.main { border-color: var(--accent); color: var(--accent); }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  .groups { display: grid; gap: 0.25rem 1.5rem; margin-top: 0.25rem; }
  .group .title { margin: 0.25rem 0 0; font-size: 0.875rem; }
  .row { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 0.5rem; min-height: 1.75rem; }
  .row label { display: inline-flex; align-items: center; gap: 0.5rem; }
  .beside { display: flex; flex: 1 1 8rem; max-width: 14rem; align-items: center; gap: 0.5rem; }
  .fault { flex: 1 0 100%; color: var(--danger); }
  .fault:empty { display: none; }
  .why { margin: 0; max-width: 48rem; padding-inline-start: 0.75rem; border-inline-start: 3px solid var(--accent); }
  .says, .status { margin: 0; max-width: 48rem; }
  .ready .status { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  summary { width: fit-content; cursor: pointer; font-weight: 600; }
  code { font-family: var(--vp-font-family-mono, monospace); font-size: 0.9em; overflow-wrap: anywhere; }
  table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
  caption { text-align: start; color: var(--muted); }
  .results { overflow-x: auto; }
  .swatch { display: inline-block; flex: none; width: 1.75rem; height: 0.75rem; margin-inline-end: 0.5rem; vertical-align: middle; }
  @container (max-width: 480px) { .results { font-size: 0.8125rem; } .swatch { width: 1rem; margin-inline-end: 0.25rem; } }
  .legend { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0; padding: 0; list-style: none; color: var(--muted); }
  .head { stroke: var(--ground); stroke-width: 1.5; }
  th, td { padding: 0.15rem 0.5rem 0.15rem 0; border-bottom: 1px solid var(--line); text-align: start; font-weight: 400; }
  td.number, th.number { text-align: end; }
  thead th { color: var(--muted); }
  svg { display: block; max-width: 100%; overflow: hidden; }
  .plane { height: auto; } /* where it is narrower than it was laid out, it keeps its shape, and pointers find their place */
  svg text { fill: var(--muted); font-size: 12px; }
  .perspective { display: block; max-width: 100%; cursor: grab; touch-action: pan-y; }
  .perspective:active { cursor: grabbing; }
  svg .axis-name { paint-order: stroke; stroke: var(--ground); stroke-width: 3; stroke-linejoin: round; }
  .frame { fill: none; stroke: var(--line); }
  .grid { stroke: var(--line); stroke-width: 1; }
  .curve { fill: none; stroke-width: 2; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
  .halo { fill: none; stroke: var(--ground); stroke-width: 4; stroke-opacity: 0.7; stroke-linejoin: round; }
  .handle { fill: var(--ground); stroke: var(--text); stroke-width: 2; cursor: grab; touch-action: none; }
  .handle:focus-visible { outline: none; stroke: var(--accent); stroke-width: 4; }
  .minimum { stroke: var(--text); stroke-width: 2; fill: none; }
  .editor { display: block; }
  ${whereWide} {
    form { grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); column-gap: 2rem; }
    label.control { flex-wrap: nowrap; }
    label.formula { flex-wrap: wrap; }
    .label { flex: 0 0 auto; }
    .several { grid-column: 1 / -1; }
    .groups { grid-template-columns: 1fr 1fr; }
  }
  ${categoricalColors.map((color, k) => `.s${k} { stroke: ${themed(color)}; } .f${k} { fill: ${themed(color)}; }`).join("\n")}
  .dashed { stroke-dasharray: 7 4; }
  ${Array.from({ length: bands }, (_, k) => `.band${k} { fill: ${themed(bandColor(k))}; }`).join("\n")}
`);

export const baseSheet = sheet;

/** Classes of series k: seven colors, then the same dashed, as in the library's charts. */
export const seriesClass = (k: number): string =>
  `s${k % categoricalColors.length}${k >= categoricalColors.length ? " dashed" : ""}`;
export const fillClass = (k: number): string => `f${k % categoricalColors.length}`;

/** Number of series that differ in color or dash. */
export const seriesLooks = 2 * categoricalColors.length;
