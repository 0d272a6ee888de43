// The loss landscape of a small network that is trained in the page, with the trajectories of several optimizers.

import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { controls } from "../landscape/controls.ts";
import { LandscapeDrawing } from "../landscape/drawing.ts";
import { landscapeProgram } from "../landscape/program.ts";
import { surfaceStyle } from "../surface/layout.ts";
import en from "./landscape.en.ts";
import zh from "./landscape.zh.ts";

export default figure("landscape", {
  controls,
  texts: { en, zh },
  style: surfaceStyle,
  program: landscapeProgram,
  async start(frame) {
    return new LandscapeDrawing(frame, await pageEngine());
  },
});
