// The list of ops of an augmentation, traced between the gathered rows and the model. Random numbers are functions of seed,
// stream, update and place in the batch, so that an augmented sample depends on nothing else.

import * as abi from "../../assembly/abi.js";
import type { Augmentation, AugmentedRows, GatheredRows, MixedLoss } from "../data/augmentation.js";
import { imagesOnly } from "../engine/featureSets.js";
import { declarations, ModelScope } from "../layers/context.js";
import { isLayer, type Layer, type LayerContext, type Parameters, tensorFrom } from "../layers/layer.js";
import { sequential } from "../layers/sequential.js";
import type { Schedule, Scheduled } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { shownAs } from "../values/lines.js";
import type { Insides } from "../values/opaque.js";
import { checkNumber, checkOptions, has, nearest, shown } from "../values/options.js";

/** Result of an op that mixes rows. */
export interface Mixed {
  /** Inputs [rows, ...]. */
  readonly x: Tensor;
  /** Weight of each row's own targets, [rows], 0 .. 1; those of its partner have the rest. */
  readonly share: Tensor;
}

/** Op of an augmentation that mixes every row with a partner from its batch: `mixUp`, `cutMix`, or made by `mixing`. */
export interface Mixing {
  /** Name, for errors. */
  readonly name: string;
  /** Nested ops, as empty declarations by name, as in a layer. @internal */
  readonly parameters?: Parameters;
  /** Numbers that follow schedules, as in a layer. @internal */
  readonly state?: Parameters;
  /**
   * Mixes inputs with those of the partners, to which the ops before were applied too; shares are in f64.
   * @param x        inputs [rows, ...]
   * @param partner  inputs of the partner of each row, [rows, ...]
   * @param context  random numbers, and the largest value of a pixel
   */
  mix(x: Tensor, partner: Tensor, context: LayerContext): Mixed;
  /** Checks a data set, which must have no weights. @internal */
  readonly checkData?: (data: never, peak: number, standardize?: undefined, input?: number) => boolean;
  /** Mixes targets by the shares; `both` are those of the rows and, behind them, of their partners. @internal */
  readonly mixTargets: (where: string, share: Tensor, both: Tensor, prediction: Tensor, loss: MixedLoss) => Tensor;
}

/** Op of an augmentation: a layer without parameters, a function of inputs [rows, ...] and context, or one that mixes rows. */
export type AugmentOp = Layer | Mixing | ((x: Tensor, context: LayerContext) => Tensor);

/** Options of `augment`. */
export interface AugmentOptions {
  /** Largest value of a pixel, > 0, to which ops on colors clamp, and the value of salt; default 255 for u8 data, else 1. */
  readonly peak?: number;
  /** Name of the input to change, if the data has several by name; default the only one. */
  readonly input?: string;
}

const where = "augment";

/** True if an op mixes rows. @internal */
export const isMixing = (op: unknown): op is Mixing => has(op, "mix", "mixTargets");

/** Functions that make ops, to suggest one. @internal */
export const opNames: readonly string[] = /* @__PURE__ */ (
  "colorJitter cutMix cutout gaussianBlur gaussianNoise mixUp oneOf randAugment randomAffine randomCrop randomErasing " +
  "randomFlip randomResizedCrop randomRotation saltAndPepper trivialAugment"
).split(" ");

/** An op as a layer or a mixing op. @internal */
export function opOf(where: string, op: AugmentOp, k: number): Layer | Mixing {
  if (isMixing(op)) return op;
  // One without parameters is most likely that of an op, like randomFlip, which was not called.
  if (typeof op === "function" && op.length > 0) {
    const name = op.name || `op ${k}`;
    return { name, parameters: {}, apply: (_, x, context) => op(x, context) };
  }
  if (!isLayer(op)) {
    const near = (typeof op === "string" && nearest(op, opNames)) || "randomFlip";
    throw new TypeError(
      `${where}: element ${k} is not an op, got ${shown(op)}. Call the op's function, like ${near}().`,
    );
  }
  if (declarations(op.parameters).length > 0)
    throw new TypeError(`${where}: ${op.name} has parameters to train. Make it a part of the model.`);
  return op;
}

/** True if the value depends on losses that a trainer observes: a state, which an augmentation does not have. */
const followsLosses = ({ code, inner }: Schedule): boolean =>
  code === abi.schedulePlateau || inner.some(({ schedule }) => followsLosses(schedule));

/** Scheduled numbers of an op by dotted name. */
function scheduledOf({ name, state = {} }: Layer | Mixing, k: number): [string, Scheduled][] {
  return declarations(state, `${k}`).map(([path, { scheduled }]) => {
    if (!scheduled) throw new TypeError(`${where}: ${name} has running state. Make it a part of the model.`);
    if (!followsLosses(scheduled.schedule)) return [path, scheduled];
    throw new TypeError(`${where}: ${scheduled.option} of ${name} follows losses. Use a schedule of t alone.`);
  });
}

/** A layer that declares what the ops declare, each under its position. @internal */
export function declarationsOf(ops: readonly (Layer | Mixing)[]): Layer {
  return sequential(ops.map((op) => ({ parameters: {}, ...op, apply: (_, x) => x })));
}

/** Checks that an op keeps the number of rows and the type. @internal */
export function checked(name: string, x: unknown, rows: number, before: Tensor): Tensor {
  const tensor = tensorFrom(name, x);
  const { shape, dtype } = tensor;
  if (shape[0] === rows && dtype === before.dtype) return tensor;
  throw new ShapeError(`${name}: returns ${dtype} [${shape.join(", ")}], expected ${before.dtype} of ${rows} rows.`);
}

/**
 * Augmentation: random changes of the inputs in training, anew in every update, for `fit(data, { augment })` or as a member
 * of the samples. The ops are traced into the training program, so that no JavaScript runs for a sample. They work in the
 * unit of the data; `standardize` of the trainer comes after them. Evaluation, validation and prediction use the data as they
 * are.
 *
 * An augmented sample depends on the seed of the trainer, the number of the update and the place of the sample in its batch;
 * not on `microBatch`, workers, hosts, or whether the run was resumed.
 *
 * @param ops      ops in their order: layers without parameters (`randomCrop`, `gaussianNoise`), functions (x, context) of
 *                 inputs [rows, ...] and a `LayerContext` that return [rows, ...] of the same type, and at most one op that
 *                 mixes rows (`mixUp`, `cutMix`, or `oneOf` them)
 * @param options  peak, input
 * @returns        the augmentation
 * @throws TypeError   an element is not an op, or has parameters, running state or a schedule that follows losses, or
 *                     two of them mix rows
 * @throws RangeError  peak is out of range
 * @example
 * const scaled = (x, context) => x.multiply(context.uniform([x.shape[0], 1]).add(0.5));
 * trainer.fit(data, { epochs: 1, augment: augment([scaled, gaussianNoise(0.1)]) });
 * @see Simard, Steinkraus and Platt, *Best practices for convolutional neural networks applied to visual document analysis*,
 * ICDAR 2003
 */
export const augment = /* @__PURE__ */ imagesOnly(function augment(
  ops: readonly AugmentOp[],
  options: AugmentOptions = {},
): Augmentation {
  if (!Array.isArray(ops))
    throw new TypeError(`${where}: expected an array of ops, got ${shown(ops)}. Try augment([randomFlip()]).`);
  checkOptions(where, options, ["peak", "input"]);
  const { peak = null, input = null } = options;
  if (peak !== null) checkNumber(where, "peak", peak, { above: 0 });
  const own = ops.map((op, k) => opOf(where, op, k));
  const mixing = own.filter(isMixing);
  if (mixing.length > 1)
    throw new TypeError(
      `${where}: ${mixing[0]?.name} and ${mixing[1]?.name} both mix rows, expected at most one. Give oneOf([mixUp(), cutMix()]).`,
    );
  const numbers = own.flatMap(scheduledOf);
  const list = declarationsOf(own);
  const made: Insides<Augmentation> = {
    name: list.name,
    mixing: mixing[0]?.name ?? null,
    peak,
    input,
    scheduled: numbers.map(([, scheduled]) => scheduled),
    check(data, peak, input) {
      for (const op of own) op.checkData?.(data as never, peak, undefined, input);
    },
    apply: (rows) => applyOps(own, list, numbers, rows),
  };
  shownAs(made, () => `Augmentation { ${made.name} }`);
  return made as Augmentation;
});

function applyOps(
  ops: readonly (Layer | Mixing)[],
  list: Layer,
  numbers: readonly [name: string, scheduled: Scheduled][],
  { rows, read, number, peak }: GatheredRows,
): AugmentedRows {
  const mixing = ops.find(isMixing);
  const all = read(mixing ? 2 * rows : rows);
  const inputs = mixing ? all.slice(0, 0, rows) : all;
  const partners = mixing ? all.slice(0, rows, 2 * rows) : null;
  const state = new Map(numbers.map(([name], k) => [name, number(k)]));
  const contextOf = (ofPartners: boolean): LayerContext => {
    const draws = { purpose: abi.streamAugment, partners: ofPartners, part: where };
    const dtype = inputs.dtype as "f32" | "f64";
    return new ModelScope(inputs.trace, list, true, rows, dtype, state, false, peak, draws).context;
  };
  const context = contextOf(false);
  const other = partners && contextOf(true);
  let [x, partner, share]: [Tensor, Tensor | null, Tensor | null] = [inputs, partners, null];
  for (const [k, op] of ops.entries()) {
    if (isMixing(op)) {
      ({ x, share } = op.mix(x, partner as Tensor, context.of(`${k}`)));
      partner = null;
    } else {
      x = checked(op.name, op.apply({}, x, context.of(`${k}`)), rows, x);
      if (partner && other) partner = checked(op.name, op.apply({}, partner, other.of(`${k}`)), rows, partner);
    }
  }
  if (!mixing || !share) return { x, mixed: null };
  const own = share;
  return { x, mixed: { share, targets: (...given) => mixing.mixTargets(mixing.name, own, ...given) } };
}
