/** The update rules, each one loop over a parameter, its gradient and the rule's state; the state starts at zero. */

/**
 * w -= h g.
 *
 * @param {Float32Array} w
 * @param {Float32Array} g
 * @param {number} learningRate
 */
export function sgdUpdate(w, g, learningRate) {
  const count = w.length;
  for (let i = 0; i < count; i++) w[i] -= learningRate * g[i];
}

/**
 * Momentum in buffer form: v = ρ v + g; w -= h v.
 *
 * @param {Float32Array} w
 * @param {Float32Array} g
 * @param {Float32Array} v
 * @param {number} learningRate
 * @param {number} momentum ρ
 */
export function momentumUpdate(w, g, v, learningRate, momentum) {
  const count = w.length;
  for (let i = 0; i < count; i++) {
    const velocity = momentum * v[i] + g[i];
    v[i] = velocity;
    w[i] -= learningRate * velocity;
  }
}

/**
 * Adam: m = β₁ m + (1 - β₁) g; v = β₂ v + (1 - β₂) g²; w -= h m̂ / (√v̂ + ε), m̂ = m / (1 - β₁ᵗ), v̂ = v / (1 - β₂ᵗ)
 * (Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1).
 *
 * @param {Float32Array} w
 * @param {Float32Array} g
 * @param {Float32Array} m
 * @param {Float32Array} v
 * @param {number} step t, from 1
 * @param {number} learningRate h
 * @param {number} [beta1]
 * @param {number} [beta2]
 * @param {number} [epsilon] outside the root
 */
export function adamUpdate(w, g, m, v, step, learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8) {
  const count = w.length;
  const rate = learningRate / (1 - beta1 ** step);
  const scale = 1 / (1 - beta2 ** step);
  const new1 = 1 - beta1;
  const new2 = 1 - beta2;
  for (let i = 0; i < count; i++) {
    const gradient = g[i];
    const mean = beta1 * m[i] + new1 * gradient;
    const square = beta2 * v[i] + new2 * gradient * gradient;
    m[i] = mean;
    v[i] = square;
    w[i] -= (rate * mean) / (Math.sqrt(square * scale) + epsilon);
  }
}
