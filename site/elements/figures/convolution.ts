// A convolution on a picture drawn by hand: the kernel moves over the picture, and every sum can be followed.

import { controls } from "../convolution/controls.ts";
import { ConvolutionDrawing } from "../convolution/drawing.ts";
import { kernelStyle } from "../convolution/kernelTable.ts";
import { convolutionProgram } from "../convolution/program.ts";
import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { gridStyle } from "../pad/grid.ts";
import en from "./convolution.en.ts";
import zh from "./convolution.zh.ts";

export default figure("convolution", {
  controls,
  texts: { en, zh },
  style: gridStyle + kernelStyle,
  program: convolutionProgram,
  async start(frame) {
    return new ConvolutionDrawing(frame, await pageEngine());
  },
});
