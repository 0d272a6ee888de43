// Thalweg behind the interface of an adapter.

import { opsOf } from "./ops.mjs";
import { optimizersOf } from "./optimizers.mjs";
import { schedulesOf } from "./schedules.mjs";

/** An array of the library's from numbers, and back. */
const arrayOf = (dtype, { data, shape }) => ({
  data: (dtype === "f64" ? Float64Array : Float32Array).from(data),
  shape: [...shape],
});
const numbersOf = (value) => (typeof value === "number" ? { data: [value], shape: [] } : value);

/**
 * Adapter of Thalweg.
 *
 * @param {object} thalweg  the library's module
 * @param {object} engine   an engine
 * @param {"f32" | "f64"} dtype
 * @param {string} version
 * @returns {import("../../source/run.js").Adapter}
 */
export function thalwegAdapter(thalweg, engine, dtype, version) {
  const { compile, valueAndGrad } = thalweg;
  return {
    name: "Thalweg",
    version,
    dtype,
    differentiate(f, inputs, upstream) {
      const arrays = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, arrayOf(dtype, value)]));
      const listed = (tensors) => [f(tensors)].flat();
      const outputs = upstream.map((_, k) => {
        const compiled = compile(engine, (tensors) => listed(tensors)[k]);
        const value = numbersOf(compiled(arrays));
        compiled.free();
        return value;
      });
      const fed = valueAndGrad(engine, (tensors) =>
        listed(tensors)
          .map((y, k) => y.multiply(arrayOf(dtype, upstream[k])).sum())
          .reduce((a, b) => a.add(b)),
      );
      const { gradient } = fed(arrays);
      fed.free();
      const gradients = Object.entries(gradient).map(([name, value]) => [name, numbersOf(value)]);
      return { outputs, gradients: Object.fromEntries(gradients) };
    },
    ops: opsOf(thalweg, engine),
    optimizers: optimizersOf(thalweg, engine, dtype),
    schedules: schedulesOf(thalweg, engine),
  };
}
