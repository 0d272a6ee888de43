/** The digits as the page's server sends them: images and labels one after the other, all bytes. */

export const PIXELS = 784;
const TRAIN = 10_000;
const TEST = 2_000;

export interface DigitSet {
  /** [count, 784] ink, 0 .. 255. */
  images: Uint8Array;
  /** [count] digits 0 .. 9. */
  labels: Uint8Array;
  count: number;
}

export interface Digits {
  train: DigitSet;
  test: DigitSet;
  /** Over all training pixels. */
  standardize: { mean: number; deviation: number };
}

/**
 * fetchDigits: 10,000 digits to train with and 2,000 others to test.
 *
 * @throws {Error} if the server does not return exactly that
 */
export async function fetchDigits(url: string): Promise<Digits> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`The digits did not arrive: the server returned status ${response.status}. Restart it.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const size = (TRAIN + TEST) * (PIXELS + 1);
  if (bytes.length !== size)
    throw new Error(`The digits are not whole: got ${bytes.length} bytes, expected ${size}. Reload the page.`);
  let at = 0;
  const take = (count: number): Uint8Array => {
    at += count;
    return bytes.subarray(at - count, at);
  };
  const set = (count: number): DigitSet => ({ images: take(count * PIXELS), labels: take(count), count });
  const train = set(TRAIN);
  const test = set(TEST);
  return { train, test, standardize: momentsOf(train.images) };
}

function momentsOf(pixels: Uint8Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number;
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  return { mean, deviation: Math.sqrt(squares / pixels.length - mean * mean) };
}
