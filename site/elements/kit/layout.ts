// Layout of figures with two pictures: side by side where there is room, else one below the other. Drawings, which compute sizes, and
// sheets, which place what is drawn, must agree on the width.

/** Width of the stage from which on pictures stand side by side, and the gap between them, in pixels. */
export const wide = 616;
export const gap = 12;
/** Space that the figure's frame takes from its width, left and right together. */
const padding = 24;

/** Condition of a sheet for the same width. */
export const whereWide = `@container (min-width: ${wide + padding}px)`;
