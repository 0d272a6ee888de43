// The playground: a small network that learns classes or values on the plane, with everything that decides how it learns.

import type { Engine } from "thalweg";
import { pageEngine } from "../engine.ts";
import { figure } from "../kit.ts";
import { controls } from "../playground/controls.ts";
import { PlaygroundDrawing } from "../playground/drawing.ts";
import { playgroundProgram } from "../playground/program.ts";
import { playgroundStyle } from "../playground/style.ts";
import en from "./playground.en.ts";
import zh from "./playground.zh.ts";

let engine: Engine | null = null;

export default figure("playground", {
  controls,
  texts: { en, zh },
  style: playgroundStyle,
  // The button stands where the figure has started, so that there is an engine, which makes the samples.
  program: (state) => (engine ? playgroundProgram(engine, state) : ""),
  async start(frame) {
    engine = await pageEngine();
    return new PlaygroundDrawing(frame, engine);
  },
});
