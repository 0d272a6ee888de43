// Line searches: φ along a direction, the regions that their conditions accept, and their trials in order.

import type { Engine } from "thalweg";
import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../lines/controls.ts";
import { LinesDrawing } from "../lines/drawing.ts";
import { directionOf } from "../lines/line.ts";
import { linesProgram } from "../lines/program.ts";
import { surfaceOf } from "../newton/surfaces.ts";
import en from "./lines.en.ts";
import zh from "./lines.zh.ts";

const style = `
  .pictures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; margin-bottom: 0.5rem; }
  ${whereWide} { .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  .formula-shown, .chart-title { margin: 0 0 0.25rem; line-height: 1.5; min-height: 1.5em; }
  .chart-title { font-weight: 600; }
  .bar .control.c1, .bar .control.c2 { flex: 1 1 18rem; }
  .tangent { stroke: var(--muted); stroke-width: 1.5; stroke-dasharray: 2 4; }
  .armijo { stroke: light-dark(#b45309, #f5b567); stroke-width: 2; stroke-dasharray: 7 4; }
  .accepted { fill: var(--accent); fill-opacity: 0.16; }
  .decrease { fill: light-dark(#b45309, #f5b567); }
  .other { fill: light-dark(#5b21b6, #c4b5fd); }
  .trial { fill: var(--ground); stroke: var(--text); stroke-width: 2; }
  .trial.last { fill: var(--text); }
  svg .number-mark { fill: var(--text); paint-order: stroke; stroke: var(--ground); stroke-width: 3; font-weight: 600; }
  .fixed .handle:last-child { display: none; }
`;

/** The engine of the page, which the program of a direction that is computed needs. */
let engine: Engine | null = null;

export default figure("lines", {
  controls,
  texts: { en, zh },
  style,
  program: (state) => linesProgram(state, (engine && directionOf(engine, surfaceOf(state), state)) ?? [1, 0]),
  async start(frame) {
    engine = await pageEngine();
    return new LinesDrawing(frame, engine);
  },
});
