// Noise for the samples of figures: the same numbers for the same seed in every browser, without the engine, as defaults of controls
// are known before it is there.

/** Multiplicative generator of Park and Miller, Random number generators: good ones are hard to find, CACM 31, 1988. */
export function uniformNumbers(count: number, seed: number): number[] {
  const modulus = 2147483647;
  let state = ((Math.floor(seed) + 1) * 48271) % modulus;
  const next = (): number => {
    state = (state * 16807) % modulus;
    return state / modulus;
  };
  for (let k = 0; k < 5; k++) next(); // seeds that are close begin alike
  return Array.from({ length: count }, next);
}

/** Nearly normal numbers of mean 0 and deviation 1: twelve uniform numbers each, summed. */
export function normalNumbers(count: number, seed: number): number[] {
  const uniform = uniformNumbers(12 * count, seed);
  return Array.from({ length: count }, (_, k) =>
    uniform.slice(12 * k, 12 * (k + 1)).reduce((sum, value) => sum + value, -6),
  );
}
