/** Digits on a canvas. */

import { PIXELS } from "./digits.js";

const SIDE = 28;
const GAP = 4;

/** paint: digits in rows of `columns`, in the canvas's color. */
export function paint(canvas: HTMLCanvasElement, pixels: ArrayLike<number>, columns = 1): void {
  const count = pixels.length / PIXELS;
  const extent = (digits: number): number => digits * (SIDE + GAP) - GAP;
  canvas.width = extent(columns);
  canvas.height = extent(Math.ceil(count / columns));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  for (let digit = 0; digit < count; digit++) {
    const picture = new ImageData(SIDE, SIDE);
    for (let k = 0; k < PIXELS; k++) picture.data[4 * k + 3] = pixels[digit * PIXELS + k] as number;
    context.putImageData(picture, (digit % columns) * (SIDE + GAP), Math.floor(digit / columns) * (SIDE + GAP));
  }
  context.globalCompositeOperation = "source-in";
  context.fillStyle = getComputedStyle(canvas).color;
  context.fillRect(0, 0, canvas.width, canvas.height);
}
