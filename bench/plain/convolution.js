/**
 * A convolutional net in plain JavaScript: images 28x28 → 3x3 to 8 channels → ReLU → max pool 2 → 3x3 to 16 channels → ReLU → max
 * pool 2 → linear → softmax → mean cross-entropy, with Adam. Direct loops over padded copies in doubles, so that no number is
 * converted in the inner loops; four pixels by four channels, or three weights by four channels, stay in registers.
 * Everything is allocated once.
 */

import { softmax } from "./elementwise.js";
import { matmul, matmulTransposedLeft, matmulTransposedRight } from "./matmul.js";
import { adamUpdate } from "./optimizers.js";

/** A sample [height, width, channels] with a border of one pixel of zeros. */
function pad(padded, x, start, height, width, channels) {
  const line = (width + 2) * channels;
  for (let y = 0; y < height; y++) {
    const to = (y + 1) * line + channels;
    const from = start + y * width * channels;
    for (let k = 0; k < width * channels; k++) padded[to + k] = x[from + k];
  }
}

/** out[pixel, o] = Σ under a 3x3 kernel, for one sample; the width is at least 4. */
function convolve(out, start, padded, weights, height, width, channels, outs) {
  const line = (width + 2) * channels;
  const run = 3 * channels;
  for (let y = 0; y < height; y++) {
    for (let strip = 0; strip < width; strip += 4) {
      const x = Math.min(strip, width - 4);
      for (let o = 0; o < outs; o += 4) {
        let a0 = 0;
        let a1 = 0;
        let a2 = 0;
        let a3 = 0;
        let b0 = 0;
        let b1 = 0;
        let b2 = 0;
        let b3 = 0;
        let c0 = 0;
        let c1 = 0;
        let c2 = 0;
        let c3 = 0;
        let d0 = 0;
        let d1 = 0;
        let d2 = 0;
        let d3 = 0;
        let w = o;
        for (let i = 0; i < 3; i++) {
          const end = (y + i) * line + x * channels + run;
          for (let p = end - run; p < end; p++) {
            const w0 = weights[w];
            const w1 = weights[w + 1];
            const w2 = weights[w + 2];
            const w3 = weights[w + 3];
            w += outs;
            let v = padded[p];
            a0 += v * w0;
            a1 += v * w1;
            a2 += v * w2;
            a3 += v * w3;
            v = padded[p + channels];
            b0 += v * w0;
            b1 += v * w1;
            b2 += v * w2;
            b3 += v * w3;
            v = padded[p + 2 * channels];
            c0 += v * w0;
            c1 += v * w1;
            c2 += v * w2;
            c3 += v * w3;
            v = padded[p + 3 * channels];
            d0 += v * w0;
            d1 += v * w1;
            d2 += v * w2;
            d3 += v * w3;
          }
        }
        let to = start + (y * width + x) * outs + o;
        out[to] = a0;
        out[to + 1] = a1;
        out[to + 2] = a2;
        out[to + 3] = a3;
        to += outs;
        out[to] = b0;
        out[to + 1] = b1;
        out[to + 2] = b2;
        out[to + 3] = b3;
        to += outs;
        out[to] = c0;
        out[to + 1] = c1;
        out[to + 2] = c2;
        out[to + 3] = c3;
        to += outs;
        out[to] = d0;
        out[to + 1] = d1;
        out[to + 2] = d2;
        out[to + 3] = d3;
      }
    }
  }
}

/** gradient[tap, channel, o] += Σ over the pixels of a sample. */
function weightGradient(gradient, padded, g, start, height, width, channels, outs) {
  const line = (width + 2) * channels;
  for (let i = 0; i < 3; i++) {
    for (let k = 0; k < 3 * channels; k += 3) {
      for (let o = 0; o < outs; o += 4) {
        let a0 = 0;
        let a1 = 0;
        let a2 = 0;
        let a3 = 0;
        let b0 = 0;
        let b1 = 0;
        let b2 = 0;
        let b3 = 0;
        let c0 = 0;
        let c1 = 0;
        let c2 = 0;
        let c3 = 0;
        let from = start + o;
        for (let y = 0; y < height; y++) {
          const end = (y + i) * line + k + width * channels;
          for (let p = end - width * channels; p < end; p += channels) {
            const g0 = g[from];
            const g1 = g[from + 1];
            const g2 = g[from + 2];
            const g3 = g[from + 3];
            from += outs;
            let v = padded[p];
            a0 += v * g0;
            a1 += v * g1;
            a2 += v * g2;
            a3 += v * g3;
            v = padded[p + 1];
            b0 += v * g0;
            b1 += v * g1;
            b2 += v * g2;
            b3 += v * g3;
            v = padded[p + 2];
            c0 += v * g0;
            c1 += v * g1;
            c2 += v * g2;
            c3 += v * g3;
          }
        }
        let to = (i * 3 * channels + k) * outs + o;
        gradient[to] += a0;
        gradient[to + 1] += a1;
        gradient[to + 2] += a2;
        gradient[to + 3] += a3;
        to += outs;
        gradient[to] += b0;
        gradient[to + 1] += b1;
        gradient[to + 2] += b2;
        gradient[to + 3] += b3;
        to += outs;
        gradient[to] += c0;
        gradient[to + 1] += c1;
        gradient[to + 2] += c2;
        gradient[to + 3] += c3;
      }
    }
  }
}

/** ReLU after a bias, then the largest of two by two pixels; keeps where it lies, −1 where ReLU is 0. */
function poolRelu(out, index, start, x, bias, height, width, channels) {
  const line = width * channels;
  let to = start;
  for (let y = 0; y < height; y += 2) {
    for (let p = y * line; p < (y + 1) * line; p += 2 * channels) {
      for (let c = 0; c < channels; c++) {
        let at = p + c;
        let best = x[at];
        for (let k = 1; k < 4; k++) {
          const place = p + c + (k & 1) * channels + (k >> 1) * line;
          if (!(x[place] > best)) continue;
          best = x[place];
          at = place;
        }
        const value = best + bias[c];
        out[to] = value > 0 ? value : 0;
        index[to++] = value > 0 ? at : -1;
      }
    }
  }
}

/** The gradient before pool and ReLU, [pixels, channels] in doubles, and that of the bias. */
function unpool(out, biasGradient, g, index, start, count, channels) {
  out.fill(0);
  for (let k = 0; k < count; k++) {
    const at = index[start + k];
    if (at < 0) continue;
    out[at] = g[start + k];
    biasGradient[k % channels] += g[start + k];
  }
}

const doubles = (count) => new Float64Array(count);
const floats = (count) => new Float32Array(count);

/** `weights`: W1 [3, 3, 1, 8], b1, W2 [3, 3, 8, 16], b2, W3 [784, 10], b3; they change with every step. */
export function createPlainConvolutionalNet({ weights, batch, learningRate }) {
  const { W1, b1, W2, b2, W3, b3 } = weights;
  const gradients = Object.fromEntries(Object.entries(weights).map(([name, { length }]) => [name, floats(length)]));
  const moments = Object.fromEntries(
    Object.entries(weights).map(([name, { length }]) => [name, [floats(length), floats(length)]]),
  );
  const image = doubles(30 * 30);
  const wide = doubles(28 * 28 * 8); // before the first pool
  const pooled = floats(batch * 14 * 14 * 8);
  const pooledIndex = new Int32Array(pooled.length);
  const paddedPooled = doubles(16 * 16 * 8);
  const narrow = doubles(14 * 14 * 16); // before the second pool
  const features = floats(batch * 784);
  const featureIndex = new Int32Array(features.length);
  const scores = floats(batch * 10);
  const scoreGradient = floats(batch * 10);
  const featureGradient = floats(batch * 784);
  const paddedNarrow = doubles(16 * 16 * 16);
  const pooledGradient = floats(pooled.length);
  const [W1d, W2d, W2back] = [doubles(W1.length), doubles(W2.length), doubles(W2.length)];
  let steps = 0;
  return {
    weights,
    step(inputs, labels) {
      W1d.set(W1);
      W2d.set(W2);
      // Taps from the last to the first, transposed: the gradient in an image is a convolution of the gradient.
      for (let tap = 0; tap < 9; tap++)
        for (let c = 0; c < 8; c++)
          for (let o = 0; o < 16; o++) W2back[((8 - tap) * 16 + o) * 8 + c] = W2[(tap * 8 + c) * 16 + o];
      for (let n = 0; n < batch; n++) {
        pad(image, inputs, n * 784, 28, 28, 1);
        convolve(wide, 0, image, W1d, 28, 28, 1, 8);
        poolRelu(pooled, pooledIndex, n * 1568, wide, b1, 28, 28, 8);
        pad(paddedPooled, pooled, n * 1568, 14, 14, 8);
        convolve(narrow, 0, paddedPooled, W2d, 14, 14, 8, 16);
        poolRelu(features, featureIndex, n * 784, narrow, b2, 14, 14, 16);
      }
      matmul(scores, features, W3, batch, 784, 10);
      for (let k = 0; k < scores.length; k++) scores[k] += b3[k % 10];
      softmax(scoreGradient, scores, batch, 10);
      for (const gradient of Object.values(gradients)) gradient.fill(0);
      let loss = 0;
      for (let n = 0; n < batch; n++) {
        loss -= Math.log(scoreGradient[n * 10 + labels[n]]);
        scoreGradient[n * 10 + labels[n]] -= 1;
      }
      for (let k = 0; k < scoreGradient.length; k++) {
        scoreGradient[k] /= batch;
        gradients.b3[k % 10] += scoreGradient[k];
      }
      matmulTransposedLeft(gradients.W3, features, scoreGradient, 784, batch, 10);
      matmulTransposedRight(featureGradient, scoreGradient, W3, batch, 10, 784);
      for (let n = 0; n < batch; n++) {
        unpool(narrow, gradients.b2, featureGradient, featureIndex, n * 784, 784, 16);
        pad(paddedPooled, pooled, n * 1568, 14, 14, 8);
        weightGradient(gradients.W2, paddedPooled, narrow, 0, 14, 14, 8, 16);
        pad(paddedNarrow, narrow, 0, 14, 14, 16);
        convolve(pooledGradient, n * 1568, paddedNarrow, W2back, 14, 14, 16, 8);
        unpool(wide, gradients.b1, pooledGradient, pooledIndex, n * 1568, 1568, 8);
        pad(image, inputs, n * 784, 28, 28, 1);
        weightGradient(gradients.W1, image, wide, 0, 28, 28, 1, 8);
      }
      steps++;
      for (const name of Object.keys(weights))
        adamUpdate(weights[name], gradients[name], ...moments[name], steps, learningRate, 0.9, 0.999, 1e-8);
      return loss / batch;
    },
  };
}
