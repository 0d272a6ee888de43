// The condition number, and what an L2 penalty makes of it: updates of gradient descent on a narrow and on a round bowl.

import { controls } from "../conditioning/controls.ts";
import { ConditioningDrawing } from "../conditioning/drawing.ts";
import { conditioningProgram } from "../conditioning/program.ts";
import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { surfaceStyle } from "../surface/layout.ts";
import en from "./conditioning.en.ts";
import zh from "./conditioning.zh.ts";

export default figure("conditioning", {
  controls,
  texts: { en, zh },
  style: surfaceStyle,
  program: conditioningProgram,
  async start(frame) {
    return new ConditioningDrawing(frame, await pageEngine());
  },
});
