// Local optima against network size: final losses of small networks from many starts, width by width.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../widths/controls.ts";
import { WidthsDrawing } from "../widths/drawing.ts";
import { widthsProgram } from "../widths/program.ts";
import en from "./widths.en.ts";
import zh from "./widths.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  progress { width: 100%; accent-color: var(--accent); }
  progress.done { visibility: hidden; }
`;

export default figure("widths", {
  controls,
  texts: { en, zh },
  style,
  program: widthsProgram,
  async start(frame) {
    return new WidthsDrawing(await pageEngine(), frame);
  },
});
