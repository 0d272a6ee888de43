/**
 * The mean of the embedded words of a text, a linear layer to one number and the mean squared error, in plain JavaScript: what a good
 * engineer writes for a table of which a step reads few rows. Everything is allocated once.
 *
 * @param {object} options
 * @param {Float32Array} options.table [count, width], changed in place
 * @param {Float32Array} options.head [width], changed in place
 * @param {number} options.width of a row
 * @param {number} options.length words of a text
 * @param {boolean} options.lazy true for Adam on the rows that occur, false for gradient descent
 * @param {number} options.learningRate of all weights
 */
export function createPlainBag({ table, head, width, length, lazy, learningRate }) {
  const places = new Int32Array(table.length / width).fill(-1);
  const moments = lazy ? [new Float32Array(table.length), new Float32Array(table.length)] : [];
  const headMoments = lazy ? [new Float64Array(width + 1), new Float64Array(width + 1)] : [];
  const headGradient = new Float64Array(width + 1);
  const pooled = new Float32Array(width);
  let rows = new Int32Array(0);
  let gradients = new Float32Array(0);
  let bias = 0;
  let steps = 0;

  /** Change of a weight by a gradient; m and v are the means of Adam. */
  function change(m, v, k, gradient, rate, correction) {
    if (!lazy) return rate * gradient;
    m[k] = 0.9 * m[k] + 0.1 * gradient;
    v[k] = 0.999 * v[k] + 0.001 * gradient * gradient;
    return (rate * m[k]) / (Math.sqrt(v[k] / correction) + 1e-8);
  }

  /** One update on texts of `length` words; returns the loss before it. */
  function step(words, targets) {
    const batch = targets.length;
    if (rows.length < words.length) {
      rows = new Int32Array(words.length);
      gradients = new Float32Array(words.length * width);
    }
    headGradient.fill(0);
    let [count, loss] = [0, 0];
    for (let i = 0; i < batch; i++) {
      pooled.fill(0);
      for (let j = 0; j < length; j++) {
        const from = words[i * length + j] * width;
        for (let k = 0; k < width; k++) pooled[k] += table[from + k];
      }
      let y = bias;
      for (let k = 0; k < width; k++) y += (pooled[k] / length) * head[k];
      const error = y - targets[i];
      loss += (error * error) / batch;
      const slope = (2 * error) / batch;
      headGradient[width] += slope;
      for (let k = 0; k < width; k++) headGradient[k] += slope * (pooled[k] / length);
      for (let j = 0; j < length; j++) {
        const word = words[i * length + j];
        let place = places[word];
        if (place < 0) {
          place = count++;
          places[word] = place;
          rows[place] = word;
          gradients.fill(0, place * width, (place + 1) * width);
        }
        const to = place * width;
        for (let k = 0; k < width; k++) gradients[to + k] += (slope * head[k]) / length;
      }
    }
    steps++;
    const rate = lazy ? learningRate / (1 - 0.9 ** steps) : learningRate;
    const correction = 1 - 0.999 ** steps;
    for (let place = 0; place < count; place++) {
      const at = rows[place] * width;
      const from = place * width;
      places[rows[place]] = -1;
      for (let k = 0; k < width; k++)
        table[at + k] -= change(moments[0], moments[1], at + k, gradients[from + k], rate, correction);
    }
    for (let k = 0; k < width; k++)
      head[k] -= change(headMoments[0], headMoments[1], k, headGradient[k], rate, correction);
    bias -= change(headMoments[0], headMoments[1], width, headGradient[width], rate, correction);
    return loss;
  }

  return { step, table };
}
