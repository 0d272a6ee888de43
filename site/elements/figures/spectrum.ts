// All eigenvalues of the Hessian of a small network while it trains: the edge of stability, and outliers.

import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { controls } from "../spectrum/controls.ts";
import { SpectrumDrawing, spectrumStyle } from "../spectrum/drawing.ts";
import { spectrumProgram } from "../spectrum/program.ts";
import en from "./spectrum.en.ts";
import zh from "./spectrum.zh.ts";

export default figure("spectrum", {
  controls,
  texts: { en, zh },
  style: spectrumStyle,
  program: spectrumProgram,
  async start(frame) {
    return new SpectrumDrawing(frame, await pageEngine());
  },
});
