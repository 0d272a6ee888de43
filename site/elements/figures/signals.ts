// How a network starts: the signals of all layers, forward and backward, for the weights of an initializer.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../signals/controls.ts";
import { SignalsDrawing } from "../signals/drawing.ts";
import { signalsProgram } from "../signals/program.ts";
import { Network } from "../signals/run.ts";
import en from "./signals.en.ts";
import zh from "./signals.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > svg { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  @container (max-width: 480px) { .bar .scale { flex-basis: 100%; } }
  .heading { fill: var(--text); }
`;

export default figure("signals", {
  controls,
  texts: { en, zh },
  style,
  program: signalsProgram,
  async start(frame) {
    return new SignalsDrawing(frame, new Network(await pageEngine()));
  },
});
