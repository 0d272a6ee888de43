// Newton's methods step by step: the step that each proposes at a point, the trust region, and the kind of the point.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../newton/controls.ts";
import { NewtonDrawing } from "../newton/drawing.ts";
import { newtonProgram } from "../newton/program.ts";
import en from "./newton.en.ts";
import zh from "./newton.zh.ts";

const style = `
  .pictures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; margin-bottom: 0.5rem; }
  ${whereWide} { .pictures { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
  .formula-shown, .chart-title { margin: 0 0 0.25rem; }
  .chart-title { font-weight: 600; line-height: 1.4; }
  .way { fill: none; stroke: var(--text); stroke-width: 2; stroke-linejoin: round; }
  .faint { stroke-width: 1.25; stroke-dasharray: 2 3; }
  .stops { fill: none; stroke: var(--text); stroke-width: 6; stroke-linecap: round; }
  .here { fill: var(--text); stroke: var(--ground); stroke-width: 2; }
  .head { stroke-dasharray: none; }
  .chosen { stroke-width: 3.5; }
  .region { fill: none; stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 6 4; }
`;

export default figure("newton", {
  controls,
  texts: { en, zh },
  style,
  program: newtonProgram,
  start: async (frame) => new NewtonDrawing(frame, await pageEngine()),
});
