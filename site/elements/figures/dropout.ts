// Dropout as an ensemble of networks: single masks, their mean and the network that stands for it, with and without dropout.

import { controls } from "../dropout/controls.ts";
import { DropoutDrawing } from "../dropout/drawing.ts";
import { dropoutProgram } from "../dropout/program.ts";
import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./dropout.en.ts";
import zh from "./dropout.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 3fr 2fr; } }
  .truth { fill: none; stroke: var(--muted); stroke-width: 2; stroke-dasharray: 7 5; }
  .single { fill: none; stroke: light-dark(#4f7fa3, #7fa9c9); stroke-opacity: 0.55; stroke-width: 1; }
  .mean { fill: var(--ground); stroke: var(--text); stroke-width: 1; }
  .dotted { stroke-dasharray: 2 3; }
  .thick { stroke-width: 3; }
  .sample { fill: var(--text); stroke: var(--ground); stroke-width: 1.5; }
`;

export default figure("dropout", {
  controls,
  texts: { en, zh },
  style,
  program: dropoutProgram,
  start: async (frame) => new DropoutDrawing(frame, await pageEngine()),
});
