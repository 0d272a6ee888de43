// Layout of figures with a surface in perspective beside its level sets.

/** Width from which on the pictures stand side by side, the gap between them, and the figure's padding, in pixels. */
export const wide = 600;
export const gap = 12;
const padding = 24;

export const surfaceStyle = `
  .pictures { display: grid; gap: ${gap}px; }
  .pictures > * { min-width: 0; }
  .heading { margin: 0; color: var(--muted); }
  @container (min-width: ${wide + padding}px) { .pictures { grid-template-columns: 1fr 1fr; align-items: start; } .pictures > .whole { grid-column: 1 / -1; } }
`;
