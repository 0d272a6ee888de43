// Flattened images as PyTorch's users have them: all pixels of the first channel, then those of the second one. Weights behind a
// flatten take their inputs in this order, and so files can be exchanged with models that were written there.

import { permuted } from "./arrays.js";
import type { Affine, Op, OpOf, Weight } from "./op.js";

/** An image if it comes of a convolution, or one that is flat; else neither. */
type Features = { readonly order: "same" | "image" } | Flat;
interface Flat {
  readonly order: "flat";
  readonly channels: number;
  readonly pixels: number;
}

const same: Features = { order: "same" };

/** Numbers of the features along the first axis, in the order of the channels. */
function reordered({ data, shape }: Weight, { channels, pixels }: Flat): Weight {
  const apart = { data, shape: [pixels, channels, data.length / (pixels * channels)] };
  return { data: permuted(apart, [1, 0, 2]).data, shape };
}

function affine({ gamma, beta }: Affine, flat: Flat): Affine {
  return { gamma: gamma && reordered(gamma, flat), beta: beta && reordered(beta, flat) };
}

/** The operation on features in the order of the channels, undefined if it needs the library's order. */
function onFlat(op: Op, flat: Flat): Op | undefined {
  if (op.kind === "activation" || op.kind === "scale") return op;
  if (op.kind === "linear") return { ...op, weight: reordered(op.weight, flat) };
  if (op.kind === "layerNorm" || op.kind === "rmsNorm") return { ...op, ...affine(op, flat) };
  if (op.kind !== "batchNorm") return undefined;
  const [mean, variance] = [reordered(op.mean, flat), reordered(op.variance, flat)];
  return { ...op, ...affine(op, flat), mean, variance };
}

/** Features behind an operation without others inside. */
function behind({ kind }: Op, before: Features): Features {
  if (kind === "convolution" || kind === "transposedConvolution") return { order: "image" };
  const isPlain = kind === "linear" || kind === "embedding" || kind === "recurrent" || kind === "globalPool";
  return isPlain ? same : before;
}

/** Transposes features that are a matrix of so many rows. */
const reorder = (rows: number, path: string, shape: readonly number[]): Op => ({
  ...{ kind: "reorder", path, rows, input: shape, output: shape },
});

/** A residual block. If an image is flat, x stays in the library's order, and its block takes it in that of the channels. */
function residual(op: OpOf<"residual">, before: Features): { readonly op: Op; readonly features: Features } {
  const { block } = op;
  const first = before.order === "flat" ? [reorder(before.pixels, block.path, op.input)] : [];
  const inner = walk(block.kind === "sequence" ? block.ops : [block], before);
  const last = inner.features.order === "flat" ? [reorder(inner.features.channels, block.path, op.output)] : [];
  const ops = [...first, ...inner.ops, ...last];
  const { kind: _, ...common } = block;
  const isSingle = block.kind !== "sequence" && ops.length === 1;
  return {
    op: { ...op, block: isSingle ? (ops[0] as Op) : ({ ...common, kind: "sequence", ops } as Op) },
    features: last.length > 0 ? same : inner.features,
  };
}

function walk(ops: readonly Op[], given: Features): { readonly ops: Op[]; readonly features: Features } {
  const out: Op[] = [];
  let features = given;
  for (const op of ops) {
    if (op.kind === "sequence") {
      const inner = walk(op.ops, features);
      features = inner.features;
      out.push({ ...op, ops: inner.ops });
      continue;
    }
    if (op.kind === "residual") {
      if (features.order === "flat") out.push(reorder(features.channels, op.path, op.input));
      const inner = residual(op, features);
      features = inner.features;
      out.push(inner.op);
      continue;
    }
    if (features.order === "flat") {
      const own = onFlat(op, features);
      if (!own) out.push(reorder(features.channels, op.path, op.input));
      if (!own || op.kind === "linear") features = same;
      if (own) {
        out.push(own);
        continue;
      }
    }
    if (op.kind === "flatten" && features.order === "image") {
      // Where the channels stood second, they were just moved to the end.
      if (out.at(-1)?.kind === "turn") out.pop();
      else out.push({ kind: "turn", path: op.path, to: "first", input: op.input, output: op.input });
      out.push(op);
      const channels = op.input.at(-1) as number;
      features = { order: "flat", channels, pixels: (op.output[0] as number) / channels };
    } else {
      out.push(op);
      features = behind(op, features);
    }
  }
  return { ops: out, features };
}

/** The operations of a model with flattened images in the order of the channels; its output stays as it is. */
export function channelMajor(model: readonly Op[], output: readonly number[]): Op[] {
  const { ops, features } = walk(model, same);
  return features.order === "flat" ? [...ops, reorder(features.channels, "", output)] : ops;
}
