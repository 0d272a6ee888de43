// The loss of the smallest network with a hidden unit, by squared error and by cross-entropy: neither is convex.

import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { controls } from "../surface/controls.ts";
import { SurfaceDrawing } from "../surface/drawing.ts";
import { surfaceStyle } from "../surface/layout.ts";
import { surfaceProgram } from "../surface/program.ts";
import en from "./surface.en.ts";
import zh from "./surface.zh.ts";

export default figure("surface", {
  controls,
  texts: { en, zh },
  style: surfaceStyle,
  program: surfaceProgram,
  async start(frame) {
    return new SurfaceDrawing(frame, await pageEngine());
  },
});
