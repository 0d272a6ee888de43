// Conjugate directions beside steepest descent, with the same line search: right angles against directions that do not disturb
// each other.

import { controls } from "../conjugate/controls.ts";
import { ConjugateDrawing } from "../conjugate/drawing.ts";
import { conjugateProgram } from "../conjugate/program.ts";
import { runner } from "../conjugate/run.ts";
import { pageEngine } from "../engine.ts";
import { latticeOf } from "../kit/lattice.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./conjugate.en.ts";
import zh from "./conjugate.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 3fr 2fr; } }
  .formula-shown { margin: 0.25rem 0; }
  .rest { opacity: 0.6; stroke-width: 1.25; }
  .results th[scope="row"] { white-space: nowrap; }
  .arrow { fill: none; stroke: var(--text); stroke-width: 2; stroke-linecap: round; }
  .arrow.minus { stroke: var(--muted); stroke-dasharray: 3 3; }
  svg .letter { fill: var(--text); font-style: italic; }
`;

export default figure("conjugate", {
  controls,
  texts: { en, zh },
  style,
  program: conjugateProgram,
  async start(frame) {
    const engine = await pageEngine();
    return new ConjugateDrawing(frame, runner(engine), (plotted) => latticeOf(engine, plotted));
  },
});
