// The gradient check: a user's derivative against differences of all steps.

import { pageEngine } from "../engine.ts";
import { controls } from "../gradients/controls.ts";
import { GradientsDrawing } from "../gradients/drawing.ts";
import { gradientsProgram } from "../gradients/program.ts";
import { figure } from "../kit.ts";
import en from "./gradients.en.ts";
import zh from "./gradients.zh.ts";

const style = `
  .bar .f { flex: 1 1 100%; }
  .bar .dx, .bar .dy { flex: 1 1 20rem; }
`;

export default figure("gradients", {
  controls,
  texts: { en, zh },
  style,
  program: gradientsProgram,
  async start(frame) {
    return new GradientsDrawing(frame, await pageEngine());
  },
});
