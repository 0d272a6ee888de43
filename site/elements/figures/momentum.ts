// Momentum on a quadratic: a map of the convergence rate over learning rate and momentum, and the library's run at a point of it.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../momentum/controls.ts";
import { MomentumDrawing } from "../momentum/drawing.ts";
import { momentumProgram } from "../momentum/program.ts";
import en from "./momentum.en.ts";
import zh from "./momentum.zh.ts";

const style = `
  .pictures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; margin-bottom: 0.75rem; }
  ${whereWide} { .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  .chart-title { margin: 0 0 0.25rem; font-weight: 600; line-height: 1.4; }
  .factors { margin-top: 0.25rem; color: var(--muted); font-size: 0.8125rem; }
  .chip { stroke: var(--muted); }
  .growing { fill: url(#hatch); }
  .hatch-ground { fill: var(--ground); }
  .hatch-line { stroke: var(--muted); stroke-width: 1; fill: none; }
  .limit { fill: none; stroke: var(--text); stroke-width: 2; }
  .steady { fill: none; stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 5 4; }
  svg .region { fill: var(--text); paint-order: stroke; stroke: var(--ground); stroke-width: 3; stroke-linejoin: round; }
  .other { stroke-width: 1.25; }
  .start { fill: var(--ground); stroke: var(--text); stroke-width: 2; }
`;

export default figure("momentum", {
  controls,
  texts: { en, zh },
  style,
  program: momentumProgram,
  start: async (frame) => new MomentumDrawing(frame, await pageEngine()),
});
