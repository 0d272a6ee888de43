// Taylor polynomials of a function of one variable, where their series stops converging, and the steps that the first two propose.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../taylor/controls.ts";
import { TaylorDrawing } from "../taylor/drawing.ts";
import { taylorProgram } from "../taylor/program.ts";
import en from "./taylor.en.ts";
import zh from "./taylor.zh.ts";

const style = `
  .pictures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; margin-bottom: 0.5rem; }
  ${whereWide} { .pictures { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
  .chart-title { margin: 0 0 0.25rem; font-weight: 600; line-height: 1.4; }
  .function { stroke: var(--text); stroke-width: 3; stroke-opacity: 0.55; }
  .dotted { stroke-dasharray: 2 4; stroke-linecap: round; }
  .chosen { stroke-width: 2.5; }
  .outside { fill: var(--muted); fill-opacity: 0.22; }
  .drop { fill: none; stroke-width: 1.5; stroke-dasharray: 3 3; }
  .spot { fill: var(--ground); stroke-width: 2; }
  .error { stroke: var(--danger); stroke-width: 3; }
  .probed .handle:last-child { fill: var(--danger); stroke: var(--ground); }
`;

export default figure("taylor", {
  controls,
  texts: { en, zh },
  style,
  program: taylorProgram,
  start: async (frame) => new TaylorDrawing(frame, await pageEngine()),
});
