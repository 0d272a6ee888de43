// A pad to draw on: the pointer draws lines, and the keyboard's cursor draws with the space bar.

import { format } from "../kit/numbers.ts";
import { Grid } from "./grid.ts";
import { pictureText, side } from "./pictures.ts";

export interface PadHost {
  /** Words for the pad and its cursor. */
  readonly label: string;
  readonly cursor: string;
  readonly tool: () => string;
  /** Words for a cell of the grid. */
  readonly words: (row: number, column: number, value: string) => string;
  /** A picture was drawn; its text. */
  draw(text: string): void;
  /** The pointer or the cursor is at a pixel. */
  visit?(row: number, column: number): void;
}

export class Pad {
  readonly grid: Grid;
  readonly #host: PadHost;
  #pixels: Float64Array = new Float64Array(side ** 2);
  #last: readonly [number, number] = [0, 0];

  constructor(host: PadHost) {
    this.#host = host;
    this.grid = new Grid(host.label, {
      label: host.cursor,
      move: (row, column, { pressed, starts, key }) => {
        if (key === " " || key === "Enter") this.#toggle(row, column);
        else if (pressed) this.#stroke(row, column, starts);
        if (pressed || key !== "") this.#point(row, column);
        host.visit?.(row, column);
      },
    });
    this.grid.element.classList.add("pad");
  }

  show(pixels: Float64Array): void {
    this.#pixels = pixels.slice();
    this.grid.show({ values: pixels, rows: side, columns: side, most: 1 });
    this.#point(...this.#last);
  }

  #point(row: number, column: number): void {
    this.#last = [row, column];
    this.grid.point(row, column, this.#host.words(row, column, format(this.#pixels[row * side + column] as number)));
  }

  #toggle(row: number, column: number): void {
    const k = row * side + column;
    this.#pixels[k] = (this.#pixels[k] as number) > 0 ? 0 : 1;
    this.#host.draw(pictureText(this.#pixels));
  }

  /** Draws a line from the last pixel. */
  #stroke(row: number, column: number, starts: boolean): void {
    const [fromRow, fromColumn] = starts ? [row, column] : this.#last;
    const steps = Math.max(Math.abs(row - fromRow), Math.abs(column - fromColumn), 1);
    for (let k = 0; k <= steps; k++) {
      const share = k / steps;
      this.#dab(Math.round(fromRow + share * (row - fromRow)), Math.round(fromColumn + share * (column - fromColumn)));
    }
    this.#host.draw(pictureText(this.#pixels));
  }

  /** Draws a dot: full in the middle, half beside it; or erases it. */
  #dab(row: number, column: number): void {
    const erases = this.#host.tool() === "erase";
    for (const [dr, dc] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
    ] as const) {
      const [r, c] = [row + dr, column + dc];
      if (r < 0 || c < 0 || r >= side || c >= side) continue;
      const k = r * side + c;
      const ink = dr === 0 && dc === 0 ? 1 : 0.5;
      this.#pixels[k] = erases ? 0 : Math.max(this.#pixels[k] as number, ink);
    }
  }
}
