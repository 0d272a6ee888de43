// Learning rates: networks with the same start and the same batches of handwritten digits, each with a rate of its own.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../rates/controls.ts";
import { RatesDrawing } from "../rates/drawing.ts";
import { ratesProgram } from "../rates/program.ts";
import en from "./rates.en.ts";
import zh from "./rates.zh.ts";

const style = `
  .pictures, .beside-test { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; align-items: start; }
  .beside-test { margin-top: 0.75rem; }
  .top .networks { flex: 1 1 100%; }
  ${whereWide} {
    .pictures { grid-template-columns: 3fr 2fr; }
    .beside-test { grid-template-columns: 3fr 2fr; }
    .networks .group { display: grid; grid-template-columns: 1fr 1fr; column-gap: 1.5rem; }
    .networks .group .title { grid-column: 1 / -1; }
    .networks .groups { grid-template-columns: 1fr; }
  }
`;

export default figure("rates", {
  controls,
  texts: { en, zh },
  style,
  program: ratesProgram,
  start: async (frame) => RatesDrawing.make(frame, await pageEngine()),
});
