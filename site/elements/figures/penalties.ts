// What penalties do to weights: the ball of L1, L2 or the elastic net touches a level set of the loss, and where.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../penalties/controls.ts";
import { PenaltiesDrawing } from "../penalties/drawing.ts";
import { scored } from "../penalties/example.ts";
import { pathSolver } from "../penalties/path.ts";
import { penaltiesProgram } from "../penalties/program.ts";
import en from "./penalties.en.ts";
import zh from "./penalties.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  .ball { fill: light-dark(#e98a15, #f0a84a); fill-opacity: 0.25; stroke: light-dark(#a35c00, #f0a84a); stroke-width: 2; }
  .tangent { fill: none; stroke: var(--text); stroke-width: 1.5; stroke-dasharray: 6 4; }
  .zero { stroke: var(--muted); stroke-width: 1; fill: none; }
  svg text.name { fill: var(--text); font-size: 13px; paint-order: stroke; stroke: var(--ground); stroke-width: 3; }
`;

export default figure("penalties", {
  controls,
  texts: { en, zh },
  style,
  program: penaltiesProgram,
  async start(frame) {
    const engine = await pageEngine();
    const solver = pathSolver(engine);
    const drawing = new PenaltiesDrawing(frame, solver.solve, (beta) => scored(engine, beta));
    return {
      draw: () => drawing.draw(),
      stop() {
        drawing.stop();
        solver.free();
      },
    };
  },
});
