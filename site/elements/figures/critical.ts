// Critical points: a saddle, a plateau, a local minimum, and which kind is common in many dimensions.

import { controls } from "../critical/controls.ts";
import { dimensionsWork } from "../critical/dimensions.ts";
import { CriticalDrawing } from "../critical/drawing.ts";
import { minimumWork } from "../critical/minimum.ts";
import { plateauWork } from "../critical/plateau.ts";
import { criticalProgram } from "../critical/program.ts";
import { saddleWork } from "../critical/saddle.ts";
import type { Work } from "../critical/shown.ts";
import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import en from "./critical.en.ts";
import zh from "./critical.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; transition: opacity 0.2s; }
  .pictures > * { min-width: 0; }
  .busy { opacity: 0.5; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  .results { margin-top: 0.75rem; }
`;

const works: Readonly<Record<string, Work>> = {
  saddle: saddleWork,
  plateau: plateauWork,
  minimum: minimumWork,
  dimensions: dimensionsWork,
};

export default figure("critical", {
  controls,
  texts: { en, zh },
  style,
  program: (state) => criticalProgram(state, (key) => en[key as keyof typeof en]),
  async start(frame) {
    const engine = await pageEngine();
    return new CriticalDrawing(frame, (state) => (works[state.place] as Work)(engine, state, frame.text));
  },
});
