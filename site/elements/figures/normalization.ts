// Batch normalization on batches of one feature: before and after, running statistics, and the noise of small batches.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../normalization/controls.ts";
import { NormalizationDrawing } from "../normalization/drawing.ts";
import { normalizationProgram } from "../normalization/program.ts";
import en from "./normalization.en.ts";
import zh from "./normalization.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; } }
  .maps { fill: none; stroke: var(--muted); stroke-opacity: 0.35; stroke-width: 1; }
  .axis { stroke: var(--line); stroke-width: 1; fill: none; }
  .dots { fill: none; stroke-width: 8; stroke-linecap: round; stroke-opacity: 0.6; }
  .span { fill: none; stroke-width: 3; }
  svg text.name { fill: var(--text); font-size: 13px; }
`;

export default figure("normalization", {
  controls,
  texts: { en, zh },
  style,
  program: normalizationProgram,
  start: async (frame) => new NormalizationDrawing(frame, await pageEngine()),
});
