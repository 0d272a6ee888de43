/**
 * Update rules as loops of plain JavaScript over f32 arrays: weights w, gradient g, state vectors, and the update t from
 * 1. All with the rate 0.001 and the papers' other numbers; only what a loop needs once is outside it.
 *
 * @typedef {(w: Float32Array, g: Float32Array, states: Float32Array[], t: number) => void} PlainRule
 */

const h = 1e-3;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** @type {PlainRule} */
export function adagrad(w, g, [s], _t) {
  for (let i = 0; i < w.length; i++) {
    s[i] += g[i] * g[i];
    w[i] -= (h * g[i]) / (Math.sqrt(s[i]) + 1e-10);
  }
}

/** @type {PlainRule} */
export function rmsprop(w, g, [s], _t) {
  for (let i = 0; i < w.length; i++) {
    const square = 0.99 * s[i] + 0.01 * g[i] * g[i];
    s[i] = square;
    w[i] -= (h * g[i]) / (Math.sqrt(square) + epsilon);
  }
}

/** @type {PlainRule} */
export function rmspropMomentum(w, g, [s, b], _t) {
  for (let i = 0; i < w.length; i++) {
    const square = 0.99 * s[i] + 0.01 * g[i] * g[i];
    const velocity = 0.9 * b[i] + g[i] / (Math.sqrt(square) + epsilon);
    s[i] = square;
    b[i] = velocity;
    w[i] -= h * velocity;
  }
}

/** @type {PlainRule} */
export function lion(w, g, [m], _t) {
  for (let i = 0; i < w.length; i++) {
    w[i] -= h * Math.sign(0.9 * m[i] + 0.1 * g[i]);
    m[i] = 0.99 * m[i] + 0.01 * g[i];
  }
}

/** @type {PlainRule} */
export function adamW(w, g, [m, v], t) {
  const rate = h / (1 - beta1 ** t);
  const scale = 1 / (1 - beta2 ** t);
  const keep = 1 - h * 0.01;
  for (let i = 0; i < w.length; i++) {
    const mean = beta1 * m[i] + (1 - beta1) * g[i];
    const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    m[i] = mean;
    v[i] = square;
    w[i] = keep * w[i] - (rate * mean) / (Math.sqrt(square * scale) + epsilon);
  }
}

/** @type {PlainRule} */
export function amsgrad(w, g, [m, v, top], t) {
  const rate = h / (1 - beta1 ** t);
  const scale = 1 / (1 - beta2 ** t);
  for (let i = 0; i < w.length; i++) {
    const mean = beta1 * m[i] + (1 - beta1) * g[i];
    const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    const largest = Math.max(square, top[i]);
    m[i] = mean;
    v[i] = square;
    top[i] = largest;
    w[i] -= (rate * mean) / (Math.sqrt(largest * scale) + epsilon);
  }
}

/** @type {PlainRule} */
export function adamax(w, g, [m, u], t) {
  const rate = (2 * h) / (1 - beta1 ** t);
  for (let i = 0; i < w.length; i++) {
    const mean = beta1 * m[i] + (1 - beta1) * g[i];
    const largest = Math.max(beta2 * u[i], Math.abs(g[i]) + epsilon);
    m[i] = mean;
    u[i] = largest;
    w[i] -= (rate * mean) / largest;
  }
}

/** @type {PlainRule} */
export function nadam(w, g, [m, v], t) {
  const rate = h / (1 - beta1 ** t);
  const scale = 1 / (1 - beta2 ** t);
  for (let i = 0; i < w.length; i++) {
    const mean = beta1 * m[i] + (1 - beta1) * g[i];
    const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    m[i] = mean;
    v[i] = square;
    w[i] -= (rate * (beta1 * mean + (1 - beta1) * g[i])) / (Math.sqrt(square * scale) + epsilon);
  }
}

/** @type {PlainRule} */
export function radam(w, g, [m, v], t) {
  const power = beta2 ** t;
  const limit = 2 / (1 - beta2) - 1;
  const length = limit - (2 * t * power) / (1 - power);
  const rectified = length > 5;
  const r = Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
  const rate = (rectified ? r * h : h) / (1 - beta1 ** t);
  const scale = 1 / (1 - power);
  for (let i = 0; i < w.length; i++) {
    const mean = beta1 * m[i] + (1 - beta1) * g[i];
    const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    m[i] = mean;
    v[i] = square;
    w[i] -= (rate * mean) / (rectified ? Math.sqrt(square * scale) + epsilon : 1);
  }
}

/** @type {PlainRule} */
export function adadelta(w, g, [s, u], _t) {
  for (let i = 0; i < w.length; i++) {
    const square = 0.9 * s[i] + 0.1 * g[i] * g[i];
    const d = (Math.sqrt(u[i] + 1e-6) / Math.sqrt(square + 1e-6)) * g[i];
    s[i] = square;
    u[i] = 0.9 * u[i] + 0.1 * d * d;
    w[i] -= d;
  }
}

/** The state is z − w and v. @type {PlainRule} */
export function scheduleFreeAdamW(w, g, [d, v], t) {
  const scale = 1 / (1 - beta2 ** t);
  const share = 1 / t;
  for (let i = 0; i < w.length; i++) {
    const square = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    const e = d[i] - (h * g[i]) / (Math.sqrt(square * scale) + epsilon);
    v[i] = square;
    w[i] += share * e;
    d[i] = e - share * e;
  }
}

/** @type {PlainRule} */
export function adan(w, g, [m, v, n, before], t) {
  const rate1 = h / (1 - 0.98 ** t);
  const rate2 = (h * 0.92) / (1 - 0.92 ** t);
  const scale = 1 / (1 - 0.99 ** t);
  const started = t > 1 ? 1 : 0;
  for (let i = 0; i < w.length; i++) {
    const difference = started * (g[i] - before[i]);
    const mean = 0.98 * m[i] + 0.02 * g[i];
    const change = 0.92 * v[i] + 0.08 * difference;
    const ahead = g[i] + 0.92 * difference;
    const square = 0.99 * n[i] + 0.01 * ahead * ahead;
    before[i] = g[i];
    m[i] = mean;
    v[i] = change;
    n[i] = square;
    w[i] -= (rate1 * mean + rate2 * change) / (Math.sqrt(square * scale) + epsilon);
  }
}
