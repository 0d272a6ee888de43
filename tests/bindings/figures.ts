// Values and vector-Jacobian products of PyTorch's ops, as fixtures hold them. The gradient fed back into output entry k is
// cos(k), k from 1; scalars take 1.

import type { Engine, Tensor } from "thalweg";
import { expect } from "vitest";
import { expectClose, flat, sizeOf, typed } from "./numbers.js";
import { compile, type Inputs, valueAndGrad } from "./transforms.js";

/** An op of PyTorch, with what it returned for these inputs. */
export interface Figure<Args = Readonly<Record<string, unknown>>> {
  readonly op: string;
  readonly args: Args;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly output: unknown;
  readonly outShape: number[];
  readonly grads: Readonly<Record<string, unknown>>;
}

export type Expression<Args = Figure["args"]> = (inputs: Inputs, args: Args, engine: Engine) => Tensor;

/** Images of PyTorch with channels last, and back. */
export const last = (x: Tensor): Tensor => x.transpose([0, ...x.shape.slice(2).map((_, k) => k + 2), 1]);
export const first = (y: Tensor): Tensor => y.transpose([0, y.rank - 1, ...y.shape.slice(2).map((_, k) => k + 1)]);
/** Weights [out, in, kh, kw] as [kh, kw, in, out], which for transposed convolutions is [kh, kw, out, in] of [in, out, kh, kw]. */
export const weights = (w: Tensor): Tensor => w.transpose([...w.shape.slice(2).map((_, k) => k + 2), 1, 0]);

/** Fails unless an expression has the output and the gradients of a figure. */
export function expectFigure<Args>(
  engine: Engine,
  dtype: "f32" | "f64",
  figure: Figure<Args>,
  expression: Expression<Args>,
): void {
  const { args, inputs, shapes, output, outShape, grads } = figure;
  const tolerance = dtype === "f64" ? 1e-12 : 1e-5;
  const given = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, { data: typed(dtype, flat(value)), shape: shapes[key]! }]),
  );
  const upstream = Array.from({ length: sizeOf(outShape) }, (_, k) => (outShape.length === 0 ? 1 : Math.cos(k + 1)));
  const value = compile(engine, (tensors: Inputs) => expression(tensors, args, engine))(given);
  expect(typeof value === "object" ? value.shape : []).toEqual(outShape);
  expectClose(value, output, tolerance, "value", 0);
  const fed = (tensors: Inputs): Tensor =>
    expression(tensors, args, engine).multiply({ data: upstream, shape: outShape }).sum();
  const { gradient } = valueAndGrad(engine, fed)(given);
  for (const key of Object.keys(inputs)) {
    expect(gradient[key]?.shape).toEqual(shapes[key]);
    expectClose(gradient[key], grads[key], tolerance, `gradient of ${key}`, 1e-300);
    expect(gradient[key]?.data).toBeInstanceOf(dtype === "f32" ? Float32Array : Float64Array);
  }
}
