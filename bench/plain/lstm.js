// Long short-term memory over all steps and its derivative, as loops over typed arrays.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** out [rows, columns] += a [rows, inner] b [inner, columns]; the innermost loop runs along rows of b, which V8 likes best. */
function addProduct(out, outAt, a, aAt, b, rows, inner, columns) {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const factor = a[aAt + i * inner + k];
      const [to, from] = [outAt + i * columns, k * columns];
      for (let j = 0; j < columns; j++) out[to + j] += factor * b[from + j];
    }
}

/** out [inner, columns] += aᵀ g, with a [rows, inner] and g [rows, columns]. */
function addTransposedProduct(out, a, aAt, g, gAt, rows, inner, columns) {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      const factor = a[aAt + i * inner + k];
      const [to, from] = [k * columns, gAt + i * columns];
      for (let j = 0; j < columns; j++) out[to + j] += factor * g[from + j];
    }
}

/** out [rows, inner] += g [rows, columns] bᵀ, with b [inner, columns]. */
function addProductTransposed(out, outAt, g, gAt, b, rows, inner, columns) {
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < inner; k++) {
      let sum = 0;
      const [left, right] = [gAt + i * columns, k * columns];
      for (let j = 0; j < columns; j++) sum += g[left + j] * b[right + j];
      out[outAt + i * inner + k] += sum;
    }
}

/**
 * Returns a function that computes Σ h² of the last step and the gradients of the weights, for x [steps, batch, features] and gates in
 * the order input, forget, cell, output.
 */
export function plainLstm({ x, weight, recurrent, bias }, { steps, batch, features, units }) {
  const width = 4 * units;
  const [state, gates] = [batch * units, batch * width];
  const z = new Float32Array(steps * gates);
  const [h, c] = [new Float32Array((steps + 1) * state), new Float32Array((steps + 1) * state)];
  const dz = new Float32Array(steps * gates);
  const [dh, dc] = [new Float32Array(state), new Float32Array(state)];
  const gradient = { weight: weight.slice(), recurrent: recurrent.slice(), bias: bias.slice() };

  function forward() {
    for (let row = 0; row < steps * batch; row++) z.set(bias, row * width);
    addProduct(z, 0, x, 0, weight, steps * batch, features, width);
    for (let t = 0; t < steps; t++) {
      addProduct(z, t * gates, h, t * state, recurrent, batch, units, width);
      for (let row = 0; row < batch; row++)
        for (let k = 0; k < units; k++) {
          const [at, own] = [t * gates + row * width + k, row * units + k];
          const [i, f] = [sigmoid(z[at]), sigmoid(z[at + units])];
          const [g, o] = [Math.tanh(z[at + 2 * units]), sigmoid(z[at + 3 * units])];
          const next = f * c[t * state + own] + i * g;
          c[(t + 1) * state + own] = next;
          h[(t + 1) * state + own] = o * Math.tanh(next);
          z[at] = i;
          z[at + units] = f;
          z[at + 2 * units] = g;
          z[at + 3 * units] = o;
        }
    }
  }

  function backward() {
    for (const array of Object.values(gradient)) array.fill(0);
    dc.fill(0);
    for (let k = 0; k < state; k++) dh[k] = 2 * h[steps * state + k];
    for (let t = steps - 1; t >= 0; t--) {
      for (let row = 0; row < batch; row++)
        for (let k = 0; k < units; k++) {
          const [at, own] = [t * gates + row * width + k, row * units + k];
          const [i, f, g, o] = [z[at], z[at + units], z[at + 2 * units], z[at + 3 * units]];
          const squashed = Math.tanh(c[(t + 1) * state + own]);
          const slope = dc[own] + dh[own] * o * (1 - squashed * squashed);
          dz[at] = slope * g * i * (1 - i);
          dz[at + units] = slope * c[t * state + own] * f * (1 - f);
          dz[at + 2 * units] = slope * i * (1 - g * g);
          dz[at + 3 * units] = dh[own] * squashed * o * (1 - o);
          dc[own] = slope * f;
        }
      dh.fill(0);
      addProductTransposed(dh, 0, dz, t * gates, recurrent, batch, units, width);
      addTransposedProduct(gradient.recurrent, h, t * state, dz, t * gates, batch, units, width);
    }
    addTransposedProduct(gradient.weight, x, 0, dz, 0, steps * batch, features, width);
    for (let at = 0; at < dz.length; at++) gradient.bias[at % width] += dz[at];
  }

  const run = () => {
    forward();
    backward();
  };
  return { run, gradient };
}
