// Level sets before and after scaling two features, and gradient descent on both.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../standardizing/controls.ts";
import { descents } from "../standardizing/descent.ts";
import { StandardizingDrawing } from "../standardizing/drawing.ts";
import { standardizingProgram } from "../standardizing/program.ts";
import en from "./standardizing.en.ts";
import zh from "./standardizing.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  .level { stroke: var(--muted); stroke-opacity: 0.35; stroke-width: 1; }
  .legend .level { fill: none; stroke-opacity: 1; }
  .head-line { margin: 0 0 0.25rem; color: var(--text); }
`;

export default figure("standardizing", {
  controls,
  texts: { en, zh },
  style,
  program: standardizingProgram,
  start: async (frame) => new StandardizingDrawing(frame, descents(await pageEngine())),
});
