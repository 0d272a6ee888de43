// Augmentation of a picture drawn by hand: a contact sheet of twelve results.

import { controls } from "../augmentation/controls.ts";
import { AugmentationDrawing, sheetStyle } from "../augmentation/drawing.ts";
import { augmentationProgram } from "../augmentation/program.ts";
import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { gridStyle } from "../pad/grid.ts";
import en from "./augmentation.en.ts";
import zh from "./augmentation.zh.ts";

export default figure("augmentation", {
  controls,
  texts: { en, zh },
  style: gridStyle + sheetStyle,
  program: augmentationProgram,
  async start(frame) {
    return new AugmentationDrawing(frame, await pageEngine());
  },
});
