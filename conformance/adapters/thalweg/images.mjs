// Ops on images, which PyTorch lays out as [batch, channels, height, width] and Thalweg with channels last.

/** Images with channels last, and back. */
const last = (x) => x.transpose([0, ...x.shape.slice(2).map((_, k) => k + 2), 1]);
const first = (y) => y.transpose([0, y.rank - 1, ...y.shape.slice(2).map((_, k) => k + 1)]);
/** Weights [out, in, kh, kw] as [kh, kw, in, out], which for transposed convolutions is [kh, kw, out, in] of [in, out, kh, kw]. */
const weights = (w) => w.transpose([...w.shape.slice(2).map((_, k) => k + 2), 1, 0]);

/** An op of x with channels last. */
const of =
  (f) =>
  ({ x }, args) =>
    first(f(last(x), args));

/** All ops on images. */
export function imageOps(thalweg, constant) {
  const { convolve, convolveTransposed, poolMax, poolMaxAdaptive, poolMean, poolMeanAdaptive } = thalweg;
  const convolution = ({ x, w, b }, args) => first(convolve(last(x), weights(w), args).add(b));
  const affineInitializers = { gamma: thalweg.onesInitializer, beta: thalweg.zerosInitializer };
  /** A normalization layer in training, with gamma and beta. */
  const normalized = (x, layer, { gamma, beta }, state) =>
    first(thalweg.applyLayer(layer, { gamma, beta }, last(x), { training: true, ...(state && { state }) }).output);
  return {
    conv1d: convolution,
    conv2d: convolution,
    conv_transpose2d: ({ x, w, b }, { output_padding: outputPadding, ...args }) =>
      first(convolveTransposed(last(x), weights(w), { ...args, outputPadding }).add(b)),
    max_pool2d: of((x, { kernel_size, stride, padding }) => poolMax(x, kernel_size, { stride, padding })),
    avg_pool2d: of((x, { kernel_size, stride, padding, count_include_pad: countIncludePad = true }) =>
      poolMean(x, kernel_size, { stride, padding, countIncludePad }),
    ),
    adaptive_avg_pool2d: of((x, { output_size }) => poolMeanAdaptive(x, output_size)),
    adaptive_max_pool2d: of((x, { output_size }) => poolMaxAdaptive(x, output_size)),
    fractional_max_pool2d: of((x, { kernel_size, output_size, _random_samples }) =>
      thalweg.poolMaxFrom(x, startsOf(x, kernel_size, output_size, _random_samples), kernel_size),
    ),
    interpolate_nearest: of((x, { scale_factor }) =>
      thalweg.resize(x, [x.shape[1] * scale_factor, x.shape[2] * scale_factor]),
    ),
    interpolate_bilinear: of((x, { size }) => thalweg.resize(x, size, "bilinear")),
    // Left, right, top, bottom.
    pad_reflect: of((x, { pad: [l, r, t, b] }) => thalweg.padBorder(x, [t, b, l, r], "reflect")),
    batch_norm2d: ({ x, ...affine }, { running_mean, running_var, eps: epsilon }) =>
      normalized(x, thalweg.batchNorm(x.shape[1], { epsilon }), affine, {
        mean: constant(running_mean, x.dtype),
        variance: constant(running_var, x.dtype),
      }),
    group_norm: ({ x, ...affine }, { num_groups, eps: epsilon }) =>
      normalized(x, thalweg.groupNorm(num_groups, x.shape[1], { epsilon }), affine),
    instance_norm: ({ x, w: gamma, b: beta }, { eps: epsilon }) =>
      normalized(x, thalweg.instanceNorm(x.shape[1], { epsilon, ...affineInitializers }), { gamma, beta }),
  };

  /** Starts of the windows of fractional pooling, from PyTorch's draws [batch, channels, 2], the width's first. */
  function startsOf(x, kernel, [height, width], samples) {
    return [
      [1, height],
      [0, width],
    ].map(([which, outputs], axis) => {
      const u = samples.map((sample) => sample.map((pair) => pair[which]));
      return starts(u, x.shape[1 + axis], outputs, kernel);
    });
  }

  /** Starts ⌊(i + u) α⌋ − ⌊u α⌋ of windows, α = (extent − kernel) / (outputs − 1), the last at extent − kernel. */
  function starts(u, extent, outputs, kernel) {
    const alpha = (extent - kernel) / (outputs - 1);
    const place = (draw, i) =>
      i === outputs - 1 ? extent - kernel : Math.trunc((i + draw) * alpha) - Math.trunc(draw * alpha);
    return constant(
      u.map((sample) => Array.from({ length: outputs }, (_, i) => sample.map((draw) => place(draw, i)))),
      "i32",
    );
  }
}
