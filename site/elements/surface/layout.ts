// Layout of figures with a surface in perspective beside its level sets.

/** Width from which on the pictures stand side by side, and the gap between them, in pixels. */
export const wide = 600;
export const gap = 12;

export const surfaceStyle = `
  .pictures { display: grid; gap: ${gap}px; }
  .pictures > * { min-width: 0; }
  .heading { margin: 0; color: var(--muted); }
  @container (min-width: ${wide}px) { .pictures { grid-template-columns: 1fr 1fr; align-items: start; } .pictures > .whole { grid-column: 1 / -1; } }
`;
