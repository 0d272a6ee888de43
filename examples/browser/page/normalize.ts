/**
 * A drawing becomes what MNIST made of its digits: fitted into 20 x 20 pixels without changing its proportions, then
 * laid into 28 x 28 with its centre of mass in the middle (LeCun, Cortes and Burges, 1998).
 */

const SIDE = 28;
const BOX = 20;

/**
 * normalizeInk: 784 bytes of ink.
 *
 * @param ink [height, width] ink of any size, 0 .. 255
 * @returns null if there is none
 */
export function normalizeInk(ink: ArrayLike<number>, width: number, height: number): Uint8Array | null {
  const box = boundsOf(ink, width, height);
  if (!box) return null;
  const scale = Math.max(box.width, box.height) / BOX;
  const columns = Math.max(1, Math.round(box.width / scale));
  const rows = Math.max(1, Math.round(box.height / scale));
  const fitted = new Float64Array(rows * columns);
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const value = mean(ink, width, height, box.x + x * scale, box.y + y * scale, scale);
      fitted[y * columns + x] = value;
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
    }
  const within = (shift: number, size: number): number => Math.min(Math.max(Math.round(shift), 0), SIDE - size);
  const left = within(SIDE / 2 - massX / mass, columns);
  const top = within(SIDE / 2 - massY / mass, rows);
  const out = new Uint8Array(SIDE * SIDE);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) out[(top + y) * SIDE + left + x] = Math.round(fitted[y * columns + x] as number);
  return out;
}

/** The smallest box that holds all ink. */
function boundsOf(ink: ArrayLike<number>, width: number, height: number) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      if ((ink[y * width + x] as number) < 32) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Mean ink of the square of `size` at (x, y), paper outside. */
function mean(ink: ArrayLike<number>, width: number, height: number, x: number, y: number, size: number): number {
  const samples = Math.max(1, Math.ceil(size));
  let sum = 0;
  for (let j = 0; j < samples; j++)
    for (let i = 0; i < samples; i++) {
      const column = Math.floor(x + ((i + 0.5) * size) / samples);
      const row = Math.floor(y + ((j + 0.5) * size) / samples);
      if (column < width && row < height) sum += ink[row * width + column] as number;
    }
  return sum / (samples * samples);
}
