// Sequence models: the gradient by time step of recurrent layers, and what they remember, while they train.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../sequences/controls.ts";
import { SequencesDrawing } from "../sequences/drawing.ts";
import { sequencesProgram } from "../sequences/program.ts";
import en from "./sequences.en.ts";
import zh from "./sequences.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; align-items: start; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
`;

export default figure("sequences", {
  controls,
  texts: { en, zh },
  style,
  program: sequencesProgram,
  async start(frame) {
    return new SequencesDrawing(frame, await pageEngine());
  },
});
