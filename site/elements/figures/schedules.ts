// Schedules of the learning rate, composed by hand: their curve with handles, their code, and what they do to a small network.

import { pageEngine } from "../engine.ts";
import { whereWide } from "../kit/layout.ts";
import { figure } from "../kit.ts";
import { controls } from "../schedules/controls.ts";
import { ScheduleDrawing } from "../schedules/drawing.ts";
import { scheduleProgram } from "../schedules/program.ts";
import en from "./schedules.en.ts";
import zh from "./schedules.zh.ts";

const style = `
  .columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem 1.5rem; align-items: start; }
  .column { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.75rem; }
  .axis-title, .progress { margin: 0; }
  .progress { min-height: 1.5em; color: var(--muted); }
  .shown-code { margin: 0; padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; white-space: pre-wrap; }
  .says { min-height: 6em; }
  .now { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 3 3; fill: none; }
  ${whereWide} { .columns { grid-template-columns: 2fr minmax(15rem, 1fr); } }
`;

export default figure("schedules", {
  controls,
  texts: { en, zh },
  style,
  program: scheduleProgram,
  start: async (frame) => ScheduleDrawing.make(frame, await pageEngine()),
});
