/** Loops over whole arrays: the functions and sums that the bench compares with the engine's kernels. */

/**
 * out = exp(x).
 *
 * @param {Float32Array} out [count]
 * @param {Float32Array} x [count]
 * @param {number} count
 */
export function exp(out, x, count) {
  for (let i = 0; i < count; i++) out[i] = Math.exp(x[i]);
}

/**
 * out = tanh(x).
 *
 * @param {Float32Array} out [count]
 * @param {Float32Array} x [count]
 * @param {number} count
 */
export function tanh(out, x, count) {
  for (let i = 0; i < count; i++) out[i] = Math.tanh(x[i]);
}

/**
 * out = softmax of each row of x: exp(x - max) / sum of exp(x - max). `out` may be `x`.
 *
 * @param {Float32Array} out [rows, columns]
 * @param {Float32Array} x [rows, columns]
 * @param {number} rows
 * @param {number} columns
 */
export function softmax(out, x, rows, columns) {
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    const end = start + columns;
    let max = x[start];
    for (let i = start + 1; i < end; i++) if (x[i] > max) max = x[i];
    let total = 0;
    for (let i = start; i < end; i++) {
      const power = Math.exp(x[i] - max);
      out[i] = power;
      total += power;
    }
    const scale = 1 / total;
    for (let i = start; i < end; i++) out[i] *= scale;
  }
}

/**
 * Sum of x, in double precision. Four partial sums, because one would wait for the previous addition every time.
 *
 * @param {Float32Array} x [count]
 * @param {number} count
 * @returns {number}
 */
export function sum(x, count) {
  const whole = count - (count % 4);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let i = 0; i < whole; i += 4) {
    s0 += x[i];
    s1 += x[i + 1];
    s2 += x[i + 2];
    s3 += x[i + 3];
  }
  for (let i = whole; i < count; i++) s0 += x[i];
  return s0 + s1 + (s2 + s3);
}
