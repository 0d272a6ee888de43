// A race of optimizers on a surface: level sets, the path of every method up to a step, value against step, and in words.

import { pageEngine } from "../engine.ts";
import { latticeOf } from "../kit/lattice.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../race/controls.ts";
import { RaceDrawing } from "../race/drawing.ts";
import { raceProgram } from "../race/program.ts";
import { race } from "../race/run.ts";
import en from "./race.en.ts";
import zh from "./race.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > svg { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 3fr 2fr; } }
  .formula-shown { margin: 0.25rem 0; }
`;

export default figure("race", {
  controls,
  texts: { en, zh },
  style,
  program: (state) => raceProgram(state, (name) => en[`rules.${name}` as keyof typeof en]),
  async start(frame) {
    const engine = await pageEngine();
    return new RaceDrawing(
      frame,
      (surface, state) => race(engine, surface, state),
      (surface, side) => latticeOf(engine, surface, side),
    );
  },
});
