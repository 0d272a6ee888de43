/**
 * The pad: drawn on with a finger, a pen or a mouse; with the keyboard, arrow keys move a pen that Space puts down and
 * lifts, and Delete clears.
 */

import { normalizeInk } from "./normalize.js";

const SIZE = 280;
const STROKE = 22;
const STEP = 10;

export class Pad {
  readonly #canvas: HTMLCanvasElement;
  readonly #pen: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #changed: () => void;
  /** A digit that was laid on the pad and not drawn, as it is. */
  #given: Uint8Array | null = null;
  #last: [number, number] | null = null;
  #at: [number, number] = [SIZE / 2, SIZE / 4];
  #down = false;

  /**
   * @param surface holds the canvas and takes the keys
   * @param changed called after every change
   */
  constructor(surface: HTMLElement, canvas: HTMLCanvasElement, pen: HTMLElement, changed: () => void) {
    this.#canvas = canvas;
    this.#pen = pen;
    this.#changed = changed;
    this.#context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#last = null;
      this.#draw(this.#place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.#draw(this.#place(event));
    });
    surface.tabIndex = 0;
    surface.addEventListener("keydown", (event) => this.#key(event));
    this.#movePen();
  }

  #place(event: PointerEvent): [number, number] {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [((event.clientX - left) * SIZE) / width, ((event.clientY - top) * SIZE) / height];
  }

  /** A line from the last point of the stroke, or a dot. */
  #draw(to: [number, number]): void {
    if (this.#given) this.#wipe();
    const context = this.#context;
    const from = this.#last ?? to;
    context.strokeStyle = getComputedStyle(this.#canvas).color;
    context.lineWidth = STROKE;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]);
    context.stroke();
    this.#last = to;
    this.#changed();
  }

  #key(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const move = moves[event.key];
    if (move) {
      const inside = (value: number): number => Math.min(Math.max(value, STEP), SIZE - STEP);
      this.#last = this.#at;
      this.#at = [inside(this.#at[0] + move[0]), inside(this.#at[1] + move[1])];
      if (this.#down) this.#draw(this.#at);
    } else if (event.key === " ") {
      this.#down = !this.#down;
      this.#last = this.#at;
      if (this.#down) this.#draw(this.#at);
    } else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else return;
    event.preventDefault();
    this.#movePen();
  }

  #movePen(): void {
    this.#pen.style.setProperty("left", `${(100 * this.#at[0]) / SIZE}%`);
    this.#pen.style.setProperty("top", `${(100 * this.#at[1]) / SIZE}%`);
    this.#pen.classList.toggle("down", this.#down);
  }

  #wipe(): void {
    this.#context.clearRect(0, 0, SIZE, SIZE);
    this.#given = null;
  }

  clear(): void {
    this.#wipe();
    this.#down = false;
    this.#movePen();
    this.#changed();
  }

  /** Lays a digit of 28 x 28 on the pad. */
  show(pixels: Uint8Array): void {
    this.#wipe();
    this.#given = pixels;
    this.repaint();
    this.#changed();
  }

  /** Paints everything in the ink of the colour scheme. */
  repaint(): void {
    const context = this.#context;
    const side = SIZE / 28;
    context.fillStyle = getComputedStyle(this.#canvas).color;
    if (this.#given)
      for (const [k, value] of this.#given.entries()) {
        context.globalAlpha = value / 255;
        context.fillRect((k % 28) * side, Math.floor(k / 28) * side, side, side);
      }
    else {
      context.globalCompositeOperation = "source-in";
      context.fillRect(0, 0, SIZE, SIZE);
      context.globalCompositeOperation = "source-over";
    }
    context.globalAlpha = 1;
  }

  /** Drawing on the pad as a digit of MNIST; null if the pad is empty. */
  digit(): Uint8Array | null {
    if (this.#given) return this.#given;
    const { data } = this.#context.getImageData(0, 0, SIZE, SIZE);
    const ink = Uint8Array.from({ length: SIZE * SIZE }, (_, k) => data[4 * k + 3] as number);
    return normalizeInk(ink, SIZE, SIZE);
  }
}
