// Batch normalization while a deep network learns: inputs that move with and without it, larger rates, careless starts.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../shift/controls.ts";
import { ShiftDrawing } from "../shift/drawing.ts";
import { shiftProgram } from "../shift/program.ts";
import en from "./shift.en.ts";
import zh from "./shift.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  .head-line { margin: 0; color: var(--text); }
`;

export default figure("shift", {
  controls,
  texts: { en, zh },
  style,
  program: shiftProgram,
  start: async (frame) => new ShiftDrawing(frame, await pageEngine()),
});
