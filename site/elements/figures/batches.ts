// Batch sizes: the noise of their gradients, and one table of what they do to training.

import { controls } from "../batches/controls.ts";
import { BatchesDrawing } from "../batches/drawing.ts";
import { batchesProgram } from "../batches/program.ts";
import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./batches.en.ts";
import zh from "./batches.zh.ts";

const style = `
  .stage { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; }
  .pictures { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; align-items: start; }
  .part { margin: 0 0 0.25rem; }
  .dot { fill-opacity: 0.55; }
  .top .distance { flex-basis: 24rem; }
  .says { min-height: 7.5em; }
  ${whereWide} { .pictures { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } }
`;

export default figure("batches", {
  controls,
  texts: { en, zh },
  style,
  program: batchesProgram,
  start: async (frame) => BatchesDrawing.make(frame, await pageEngine()),
});
