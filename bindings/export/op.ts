// Operations of an evaluated model, with their weights and every default and size written out: what the layers are resolved to, and
// what the formats are written from. Shapes are those of one sample, channels last, as in the library.

import type { NDArray } from "../values/arrays.js";

/** A weight in f32. */
export type Weight = NDArray<Float32Array>;

/** Pixels from the first up to, but not including, the last. */
export type Region = readonly [from: number, to: number];

/** Windows along the spatial axes. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Padding before and after. */
  readonly sides: readonly (readonly [before: number, after: number])[];
}

/** γ and β. */
export interface Affine {
  readonly gamma: Weight | undefined;
  readonly beta: Weight | undefined;
}

/** Weights of a recurrent layer in one direction. */
export interface Direction {
  readonly weight: Weight;
  readonly recurrent: Weight;
  readonly bias: Weight | undefined;
  readonly recurrentBias: Weight | undefined;
}

interface Weighted {
  readonly weight: Weight;
  readonly bias: Weight | undefined;
}

/** Contents of each kind of operation. */
export interface Kinds {
  /** Operations one after the other. */
  sequence: { readonly ops: readonly Op[] };
  /** x + scale · block(x). */
  residual: { readonly block: Op; readonly scale: number };
  /** Moves the channels to the second axis, or back to the last. */
  turn: { readonly to: "first" | "last" };
  /** Features as a matrix of so many rows, transposed: a flattened image in the order of its channels, or of its pixels. */
  reorder: { readonly rows: number };
  standardize: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  linear: Weighted;
  /** Pads with a number, or with pixels of the image. */
  border: {
    readonly mode: "constant" | "reflect" | "replicate" | "circular";
    readonly sides: Windows["sides"];
    readonly value: number;
  };
  convolution: Weighted & { readonly windows: Windows; readonly groups: number };
  transposedConvolution: Weighted & {
    readonly windows: Windows;
    readonly groups: number;
    readonly outputPadding: readonly number[];
  };
  /** Padding counts as −∞, or as 0. */
  pool: { readonly value: "max" | "mean"; readonly windows: Windows };
  /** Regions along every spatial axis, of any positions and lengths. */
  regions: { readonly value: "max" | "mean"; readonly regions: readonly (readonly Region[])[] };
  globalPool: { readonly value: "max" | "mean" };
  upsample: {
    readonly factors: readonly number[];
    readonly mode: "nearest" | "bilinear";
    readonly alignCorners: boolean;
  };
  activation: { readonly name: string; readonly given: unknown };
  flatten: object;
  scale: { readonly factor: number };
  embedding: { readonly weight: Weight };
  batchNorm: Affine & { readonly mean: Weight; readonly variance: Weight; readonly epsilon: number };
  layerNorm: Affine & { readonly extents: readonly number[]; readonly epsilon: number };
  rmsNorm: Affine & { readonly extents: readonly number[]; readonly epsilon: number };
  groupNorm: Affine & { readonly groups: number; readonly epsilon: number };
  recurrent: {
    readonly cell: "lstm" | "gru" | "rnn";
    readonly units: number;
    readonly activation: "tanh" | "relu";
    readonly sequences: boolean;
    /** Forward and backward weights of each layer. */
    readonly layers: readonly (readonly Direction[])[];
  };
}

/** An operation of one kind. */
export type OpOf<K extends keyof Kinds> = Kinds[K] & {
  readonly kind: K;
  /** Dotted name of the layer, "" for that of the model. */
  readonly path: string;
  /** Shape of a sample that goes in. */
  readonly input: readonly number[];
  /** Shape of a sample that comes out. */
  readonly output: readonly number[];
};

/** Any operation. */
export type Op = { [K in keyof Kinds]: OpOf<K> }[keyof Kinds];

/** A function for each kind. */
export type OpTable<Result, More extends readonly unknown[] = []> = {
  readonly [K in keyof Kinds]: (op: OpOf<K>, ...more: More) => Result;
};
