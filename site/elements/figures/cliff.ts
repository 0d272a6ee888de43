// The cliff: a loss as steep as a wall, and descents with and without clipped gradients.

import { controls } from "../cliff/controls.ts";
import { CliffDrawing } from "../cliff/drawing.ts";
import { cliffProgram } from "../cliff/program.ts";
import { Cliff } from "../cliff/run.ts";
import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./cliff.en.ts";
import zh from "./cliff.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; align-items: start; }
  .pictures > * { min-width: 0; }
  .axes-shown { margin: 0; color: var(--muted); text-align: center; }
  .value { stroke-dasharray: 7 4; }
  .none { stroke-dasharray: 2 3; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
`;

export default figure("cliff", {
  controls,
  texts: { en, zh },
  style,
  program: cliffProgram,
  async start(frame) {
    return new CliffDrawing(frame, new Cliff(await pageEngine()));
  },
});
