// Layout of figures with a surface in perspective beside its level sets.

import { gap, whereWide } from "../kit/layout.ts";

export const surfaceStyle = `
  .pictures { display: grid; gap: ${gap}px; }
  .pictures > * { min-width: 0; }
  .heading { margin: 0; color: var(--muted); }
  ${whereWide} { .pictures { grid-template-columns: 1fr 1fr; align-items: start; } .pictures > .whole { grid-column: 1 / -1; } }
`;
