// Puts the channels where operations need them: second in operations on images, last in the library's own layout. They are moved as
// seldom as possible, and not between operations on images.

import { permuted } from "./arrays.js";
import type { Kinds, Op, OpOf, Weight } from "./op.js";

type Layout = "first" | "last";

const layouts: Readonly<Partial<Record<keyof Kinds, Layout>>> = {
  ...{ border: "first", convolution: "first", transposedConvolution: "first", pool: "first", regions: "first" },
  ...{ globalPool: "first", upsample: "first", batchNorm: "first", groupNorm: "first" },
  ...{ linear: "last", flatten: "last", embedding: "last", layerNorm: "last", rmsNorm: "last", recurrent: "last" },
};

/** Layout that an operation needs; undefined for any. */
function needed(op: Op): Layout | undefined {
  if (op.kind === "residual") return needed(op.block);
  if (op.kind === "sequence") return op.ops.map(needed).find((layout) => layout !== undefined);
  if (op.kind === "activation" && op.name === "softmax") return "last";
  // Without spatial axes both are the same.
  return op.input.length < 2 && op.kind !== "embedding" ? undefined : layouts[op.kind];
}

function turned(ops: Op[], path: string, shape: readonly number[], to: Layout): void {
  if (shape.length > 1) ops.push({ kind: "turn", path, to, input: shape, output: shape });
}

/** True for a norm over all axes of an image, which does not depend on their order. */
function isOverAll(op: Op): op is OpOf<"layerNorm"> | OpOf<"rmsNorm"> {
  return (op.kind === "layerNorm" || op.kind === "rmsNorm") && op.extents.length === op.input.length;
}

/** The norm with its weights as the image is, channels first. */
function channelsFirst(op: OpOf<"layerNorm"> | OpOf<"rmsNorm">): Op {
  const last = op.extents.length - 1;
  const order = [last, ...Array.from({ length: last }, (_, k) => k)];
  const turn = (weight: Weight | undefined): Weight | undefined => weight && permuted(weight, order);
  const extents = order.map((axis) => op.extents[axis] as number);
  return { ...op, extents, gamma: turn(op.gamma), beta: turn(op.beta) };
}

/** Inserts moves of the channels into an operation that gets them in a layout; returns the layout of its result too. */
function arranged(op: Op, given: Layout): { readonly ops: Op[]; readonly layout: Layout } {
  if (isOverAll(op) && given === "first") return { ops: [channelsFirst(op)], layout: given };
  const own = needed(op) ?? given;
  if (op.kind === "sequence") {
    const { ops, layout } = inOrder(op.ops, given);
    return { ops: [{ ...op, ops }], layout };
  }
  const ops: Op[] = [];
  if (own !== given) turned(ops, op.path, op.input, own);
  if (op.kind === "residual") {
    const { block } = op;
    const inner = inOrder(block.kind === "sequence" ? block.ops : [block], own);
    if (inner.layout !== own) turned(inner.ops, block.path, op.output, own);
    const isSingle = block.kind !== "sequence" && inner.ops.length === 1;
    const { kind: _, ...common } = block;
    const arrangedBlock = isSingle ? (inner.ops[0] as Op) : ({ ...common, kind: "sequence", ops: inner.ops } as Op);
    return { ops: [...ops, { ...op, block: arrangedBlock }], layout: own };
  }
  return { ops: [...ops, op], layout: op.output.length > 1 ? own : "last" };
}

function inOrder(ops: readonly Op[], given: Layout): { readonly ops: Op[]; readonly layout: Layout } {
  let layout = given;
  const all = ops.flatMap((op) => {
    const inner = arranged(op, layout);
    layout = inner.layout;
    return inner.ops;
  });
  return { ops: all, layout };
}

/** The operations of a model whose input and output have the channels last. */
export function withLayouts(model: Op): Op[] {
  const { ops, layout } = inOrder(model.kind === "sequence" ? model.ops : [model], "last");
  if (layout === "first") turned(ops, "", model.output, "last");
  return ops;
}
