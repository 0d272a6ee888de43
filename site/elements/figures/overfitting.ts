// A simple and a wild curve through the same points, and what a penalty makes of the training and the test loss.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../overfitting/controls.ts";
import { OverfittingDrawing } from "../overfitting/drawing.ts";
import { fitter } from "../overfitting/fits.ts";
import { overfittingProgram } from "../overfitting/program.ts";
import en from "./overfitting.en.ts";
import zh from "./overfitting.zh.ts";

const style = `
  .pictures { display: grid; gap: 0.75rem; }
  .pictures > * { min-width: 0; }
  ${whereWide} { .pictures { grid-template-columns: 3fr 2fr; } }
  .truth { fill: none; stroke: var(--muted); stroke-width: 2; stroke-dasharray: 7 5; }
  .dotted { stroke-dasharray: 2 3; }
  .thick { stroke-width: 3; }
  path.others { fill: none; stroke: var(--muted); stroke-opacity: 0.45; stroke-width: 3; stroke-linecap: round; }
  rect.others { fill: var(--muted); fill-opacity: 0.45; }
  .handle { r: 6px; }
`;

export default figure("overfitting", {
  controls,
  texts: { en, zh },
  style,
  program: overfittingProgram,
  start: async (frame) => new OverfittingDrawing(frame, fitter(await pageEngine())),
});
