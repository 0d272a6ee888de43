// Matrix products: square ones, and the three of a network's hidden layer at batch 64.

import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { matmul, matmulTransposedLeft, matmulTransposedRight } from "../plain/matmul.js";
import { replay } from "../replay.js";

/** Floor and stretch. */
const large = [0.88, 0.95];
const huge = [0.8, 0.9];
/** What is multiplied: out [m, n] from k products each; A is stored [k, m] if transposeA, B as [n, k] if transposeB. */
const sizes = [
  { work: "128 · 128", m: 128, k: 128, n: 128, target: large },
  { work: "256 · 256", m: 256, k: 256, n: 256, target: large },
  { work: "512 · 512", m: 512, k: 512, n: 512, target: huge },
  { work: "1024 · 1024", m: 1024, k: 1024, n: 1024, target: huge },
  { work: "X W, 64x784 · 784x128", m: 64, k: 784, n: 128, target: large },
  { work: "Xᵀ G, 784x64 · 64x128", m: 784, k: 64, n: 128, transposeA: true, target: large },
  { work: "G Wᵀ, 64x128 · 128x784", m: 64, k: 128, n: 784, transposeB: true, target: large },
];

const plainProduct = ({ transposeA, transposeB }) =>
  transposeA ? matmulTransposedLeft : transposeB ? matmulTransposedRight : matmul;

/** The two matrices, the engine's product, and plain JavaScript's into `out`, checked equal. */
function prepare({ thalweg, engine, fastEngine, tf }, size) {
  const { m, k, n, transposeA = false, transposeB = false } = size;
  const a = { data: uniform(m * k), shape: transposeA ? [k, m] : [m, k] };
  const b = { data: uniform(k * n), shape: transposeB ? [n, k] : [k, n] };
  const out = new Float32Array(m * n);
  const plain = () => plainProduct(size)(out, a.data, b.data, m, k, n);
  plain();
  const product = (of) => {
    const compiled = thalweg.compile(of, ({ a, b }) => a.matmul(b, { transposeA, transposeB }));
    return replay(of, () => checkEqual(`matmul ${size.work}`, compiled({ a, b }).data, out, 1e-5));
  };
  const tensors = [tf.tensor2d(a.data, a.shape), tf.tensor2d(b.data, b.shape)];
  const peer = () => tf.matMul(...tensors, transposeA, transposeB);
  checkEqual(`tfjs matmul ${size.work}`, peer().dataSync(), out, 1e-5);
  return {
    thalweg: product(engine),
    fast: fastEngine && product(fastEngine),
    plain,
    peer: () => peer().dispose(),
    free: () => tf.dispose(tensors),
  };
}

export function products(bench) {
  const { kernels, seconds } = bench;
  const section = { title: "Matrix products", unit: "GFLOP/s", against: ["limit", "plain JS", "tfjs-wasm"], rows: [] };
  for (const size of sizes) {
    const flops = 2 * size.m * size.k * size.n;
    const { thalweg, plain, peer, free } = prepare(bench, size);
    const times = race(
      { thalweg: repeated(thalweg), limit: kernels.limit, plain: repeated(plain), peer: repeated(peer) },
      (flops > 1e9 ? 3 : 1.5) * seconds,
    );
    free();
    section.rows.push({
      work: size.work,
      rate: flops / times.thalweg.best / 1e9,
      against: {
        limit: ratio(times.thalweg, times.limit, flops, 80),
        "plain JS": ratio(times.thalweg, times.plain),
        "tfjs-wasm": ratio(times.thalweg, times.peer),
      },
      target: { limit: size.target },
      plainOfLimit: ratio(times.plain, times.limit, flops, 80).best,
    });
  }
  return section;
}

/** The fast build against the reproducible one. */
export function fastProducts(bench) {
  const section = {
    title: "Matrix products, fast build (relaxed SIMD)",
    unit: "GFLOP/s",
    against: ["fast limit", "reproducible"],
    rows: [],
  };
  for (const size of sizes.filter(({ m, k }) => m * k < 1 << 20)) {
    const flops = 2 * size.m * size.k * size.n;
    const { thalweg, fast, free } = prepare(bench, size);
    const times = race(
      { fast: repeated(fast), thalweg: repeated(thalweg), limit: bench.fastKernels.limit },
      bench.seconds,
    );
    free();
    section.rows.push({
      work: size.work,
      rate: flops / times.fast.best / 1e9,
      against: {
        "fast limit": ratio(times.fast, times.limit, flops, 80),
        reproducible: ratio(times.fast, times.thalweg),
      },
      target: bench.fuses ? { reproducible: [1.2, null] } : {},
    });
  }
  return section;
}
