// Dense linear algebra in f64 against ml-matrix, called from JavaScript with copies in and out; and second derivatives
// against first ones.

import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from "ml-matrix";
import { checkEqual } from "../check.js";
import * as digits from "../digits.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { replay } from "../replay.js";

const { classes, hidden, width } = digits;
const batch = 64;
const n = 200;

export function solvers(bench) {
  return {
    title: "Solvers",
    against: ["ml-matrix", "gradient"],
    rows: [...factorizations(bench), secondDerivative(bench)],
  };
}

/** A symmetric matrix; with `shift` n a positive definite one. */
function symmetric(shift) {
  const half = uniform(n * n);
  const element = (i, j) => half[Math.max(i, j) * n + Math.min(i, j)] + (i === j ? shift : 0);
  return Float64Array.from({ length: n * n }, (_, k) => element(Math.floor(k / n), k % n));
}

function factorizations({ thalweg, engine, seconds }) {
  const shape = [n, n];
  const [definite, any] = [symmetric(n), symmetric(0)].map((data) => ({ data, shape }));
  const [theirDefinite, theirAny] = [definite, any].map(({ data }) => Matrix.from1DArray(n, n, Array.from(data)));
  const theirValues = () => new EigenvalueDecomposition(theirAny, { assumeSymmetric: true });
  const row = (work, ours, theirs) => {
    const times = race({ thalweg: repeated(ours), theirs: repeated(theirs) }, seconds);
    return {
      work,
      unit: "ms",
      rate: times.thalweg.best * 1e3,
      median: times.thalweg.median * 1e3,
      against: { "ml-matrix": ratio(times.thalweg, times.theirs) },
      target: { "ml-matrix": [3, 10] },
    };
  };
  const cholesky = () => thalweg.cholesky(engine, definite).factor.data;
  const theirCholesky = () => new CholeskyDecomposition(theirDefinite).lowerTriangularMatrix;
  checkEqual("Cholesky", cholesky(), theirCholesky().to1DArray(), 1e-12);
  const eigenvalues = () => thalweg.symmetricEigen(engine, any, { vectors: false }).values.data;
  const ascending = theirValues().realEigenvalues.sort((a, b) => a - b);
  checkEqual("eigenvalues", eigenvalues(), ascending, 1e-12);
  const eigen = () => thalweg.symmetricEigen(engine, any);
  checkResidual(any.data, eigen());
  return [
    row(`Cholesky, ${n} x ${n}`, cholesky, theirCholesky),
    row(`symmetric eigenvalues, ${n} x ${n}`, eigenvalues, () => theirValues().realEigenvalues),
    row("with eigenvectors", eigen, () => theirValues().eigenvectorMatrix),
  ];
}

/** A V = V Λ: eigenvectors have no sign to compare. */
function checkResidual(a, { values, vectors }) {
  const [product, scaled] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      for (let j = 0; j < n; j++) product[i * n + j] += a[i * n + k] * vectors.data[k * n + j];
      scaled[i * n + k] = vectors.data[i * n + k] * values.data[k];
    }
  checkEqual("eigenvectors", product, scaled, 1e-12);
}

/** The loss of the network, with tanh, as a function of its weights. */
function lossOf({ thalweg, engine }) {
  const x = { data: uniform(batch * width), shape: [batch, width] };
  const labels = digits.digits.subarray(0, batch);
  return ({ W1, b1, W2, b2 }) => {
    const input = thalweg.constant(engine, x, "f32");
    return input.matmul(W1).add(b1).tanh().matmul(W2).add(b2).crossEntropy(labels).mean();
  };
}

const shapes = { W1: [width, hidden], b1: [hidden], W2: [hidden, classes], b2: [classes] };

function mapWeights(make) {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { data: make(name, shape), shape }]));
}

const sizeOf = (shape) => shape.reduce((product, extent) => product * extent);

/** A Hessian-vector product beside the gradient of the same loss. */
function secondDerivative(bench) {
  const { thalweg, engine } = bench;
  const weights = mapWeights((_name, shape) => uniform(sizeOf(shape), 0.05));
  const vector = mapWeights((_name, shape) => uniform(sizeOf(shape)));
  const loss = lossOf(bench);
  const gradient = thalweg.valueAndGrad(engine, loss);
  const product = thalweg.hvp(engine, loss);
  // In f32 a difference quotient is good to three digits.
  const step = 2 ** -8;
  const moved = (sign) =>
    gradient(mapWeights((name) => weights[name].data.map((w, i) => w + sign * step * vector[name].data[i]))).gradient;
  const [above, below] = [moved(1), moved(-1)];
  const answer = product(weights, vector);
  for (const name of Object.keys(shapes)) {
    const quotient = above[name].data.map((g, i) => (g - below[name].data[i]) / (2 * step));
    checkEqual(`Hessian-vector product, ${name}`, answer[name].data, quotient, 2e-2);
  }
  const times = race(
    {
      gradient: repeated(replay(engine, () => gradient(weights))),
      product: repeated(replay(engine, () => product(weights, vector))),
    },
    1,
  );
  return {
    work: "Hessian-vector product, 784-128-10",
    unit: "µs",
    rate: times.product.best * 1e6,
    median: times.product.median * 1e6,
    against: { gradient: ratio(times.gradient, times.product) },
    target: { gradient: [4, 2] },
    atMost: true,
  };
}
