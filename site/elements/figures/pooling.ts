// Pooling of a picture drawn by hand: windows of every kind, and the numbers of one.

import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { gridStyle } from "../pad/grid.ts";
import { controls } from "../pooling/controls.ts";
import { PoolingDrawing } from "../pooling/drawing.ts";
import { poolingProgram } from "../pooling/program.ts";
import en from "./pooling.en.ts";
import zh from "./pooling.zh.ts";

export default figure("pooling", {
  controls,
  texts: { en, zh },
  style: gridStyle,
  program: poolingProgram,
  async start(frame) {
    return new PoolingDrawing(frame, await pageEngine());
  },
});
