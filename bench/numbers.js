// Numbers to work on, the same in every run.

let state = 1;

/** Uniform in [0, 1): Lehmer's generator (Park and Miller 1988). */
export function random() {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}

/** `count` numbers, uniform in ±bound. */
export function uniform(count, bound = 1) {
  return Float32Array.from({ length: count }, () => (2 * random() - 1) * bound);
}

export function bytes(count) {
  return Uint8Array.from({ length: count }, () => random() * 256);
}

export function labels(count, classes) {
  return Int32Array.from({ length: count }, () => random() * classes);
}

/** 0 .. count - 1 in random order. */
export function permutation(count) {
  const order = Int32Array.from({ length: count }, (_, k) => k);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
