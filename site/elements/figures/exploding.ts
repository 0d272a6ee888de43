// Vanishing and exploding: the gradient that comes back through a chain of equal steps.

import { pageEngine } from "../engine.ts";
import { Chain } from "../exploding/chain.ts";
import { controls } from "../exploding/controls.ts";
import { ExplodingDrawing } from "../exploding/drawing.ts";
import { explodingProgram } from "../exploding/program.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./exploding.en.ts";
import zh from "./exploding.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; align-items: start; }
  .pictures > svg { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 42fr 58fr; } }
`;

export default figure("exploding", {
  controls,
  texts: { en, zh },
  style,
  program: explodingProgram,
  async start(frame) {
    return new ExplodingDrawing(frame, new Chain(await pageEngine()));
  },
});
