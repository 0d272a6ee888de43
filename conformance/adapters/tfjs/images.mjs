// Ops of TensorFlow.js on images, which have channels last.

import { unsupported } from "../../source/run.js";

const last = (tf, x) => tf.transpose(x, [0, ...x.shape.slice(2).map((_, k) => k + 2), 1]);
const first = (tf, y) => tf.transpose(y, [0, y.rank - 1, ...y.shape.slice(2).map((_, k) => k + 1)]);
/** Weights [out, in, kh, kw] as [kh, kw, in, out]. */
const kernel = (tf, w) => tf.transpose(w, [...w.shape.slice(2).map((_, k) => k + 2), 1, 0]);

/** All ops on images. */
export function imageOps(tf) {
  const of =
    (f) =>
    ({ x }, args) =>
      first(tf, f(last(tf, x), args));

  function convolution({ x, w, b }, { stride, padding, dilation, groups }) {
    const channels = x.shape[1];
    const image = last(tf, x);
    if (groups === channels && groups > 1) {
      const weights = tf.transpose(w, [2, 3, 0, 1]);
      return first(tf, tf.add(tf.depthwiseConv2d(image, weights, stride, padding, "NHWC", dilation, "floor"), b));
    }
    if (dilation !== 1) throw unsupported("gradients of dilated convolutions");
    if (groups !== 1) throw unsupported("groups, other than one of each channel");
    const [convolve, format] = x.rank === 3 ? [tf.conv1d, "NWC"] : [tf.conv2d, "NHWC"];
    return first(tf, tf.add(convolve(image, kernel(tf, w), stride, sides(padding, x.rank), format), b));
  }

  /** Pooling of a type, "max" or "avg". */
  const pooled = (pool, x, { kernel_size, stride, padding }) =>
    pool(x, kernel_size, stride, padding, padding === 0 ? undefined : "floor");

  return {
    conv1d: convolution,
    conv2d: convolution,
    conv_transpose2d: ({ x, w, b }, { stride, padding, output_padding, groups }) => {
      if (groups !== 1) throw unsupported("groups");
      const extent = (pixels, taps) => (pixels - 1) * stride - 2 * padding + taps + output_padding;
      const [n, , height, width] = x.shape;
      const [, out, kh, kw] = w.shape;
      const shape = [n, extent(height, kh), extent(width, kw), out];
      return first(tf, tf.add(tf.conv2dTranspose(last(tf, x), kernel(tf, w), shape, stride, padding, "floor"), b));
    },
    max_pool2d: of((x, args) => pooled(tf.maxPool, x, args)),
    avg_pool2d: of((x, { count_include_pad = true, ...args }) => {
      if (args.padding > 0 && count_include_pad) throw unsupported("padding that counts");
      return pooled(tf.avgPool, x, args);
    }),
    batch_norm2d: ({ x, gamma, beta }, { eps }) => {
      const image = last(tf, x);
      const { mean, variance } = tf.moments(image, [0, 1, 2]);
      return first(tf, tf.batchNorm(image, mean, variance, beta, gamma, eps));
    },
    interpolate_nearest: of((x, { scale_factor }) =>
      tf.image.resizeNearestNeighbor(x, [x.shape[1] * scale_factor, x.shape[2] * scale_factor]),
    ),
    // Pixels are squares, whose centers are half a pixel inside.
    interpolate_bilinear: of((x, { size }) => tf.image.resizeBilinear(x, size, false, true)),
    pad_reflect: ({ x }, args) => mirrored(tf, x, args),
  };
}

/** Mirrored by pixels left, right, top and bottom. */
function mirrored(tf, x, { pad: [l, r, t, b] }) {
  const none = [0, 0];
  return tf.mirrorPad(x, [none, none, [t, b], [l, r]], "reflect");
}

/** Padding as sides of each axis of an image; a signal is an image of one line. A number would count as much for the line. */
function sides(padding, rank) {
  const both = [padding, padding];
  return padding === 0 ? "valid" : [[0, 0], rank === 3 ? [0, 0] : both, both, [0, 0]];
}
