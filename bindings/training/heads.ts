// Loss of several outputs of a model, by name.

import { needContext } from "../layers/context.js";
import type { LayerContext, Parameters } from "../layers/layer.js";
import { numberIn, scheduledState, times } from "../layers/scheduledNumber.js";
import type { Loss } from "../losses/classes.js";
import type { WeightedMean } from "../losses/means.js";
import type { Metric } from "../losses/metrics.js";
import { checkHyper, type Hyper, type Schedulable } from "../schedules/scheduled.js";
import type { NamedTensors } from "../tensors/named.js";
import { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkOptions, has, nearest, type TargetKinds, wrongKind } from "../values/options.js";
import { areMetrics, type BatchValue, type HeadedLoss, type LossValue, lossOver, metricOver } from "./lossOver.js";

/** A head: the loss of an output, and what belongs to it. */
export interface Head<Result extends string = string> {
  /** Loss of the output with the head's name, a mean over the samples. */
  readonly loss: Loss;
  /** Factor of the loss in the sum, ≥ 0, or a schedule of it; default 1. */
  readonly weight?: Schedulable;
  /** Metrics of the output, which results name "head.metric"; default none. */
  readonly metrics?: readonly Metric<Result>[];
}

/** Names of the results of heads: the loss and the metrics of each. */
export type HeadResults<H> = {
  [head in keyof H & string]:
    | `${head}.loss`
    | (H[head] extends { readonly metrics: readonly Metric<infer Result>[] } ? `${head}.${Result}` : never);
}[keyof H & string];

/** Loss over records of outputs and targets, made by `heads`. */
export type HeadsLoss<H> = Loss<
  Tensor | WeightedMean,
  { readonly [head in keyof H]: Tensor },
  { readonly [head in keyof H]: Tensor }
> & {
  /** Metrics of all heads, named "head.metric", and the loss of each, named "head.loss". */
  readonly metrics: readonly Metric<HeadResults<H>>[];
};

interface OwnHead {
  readonly name: string;
  readonly loss: Loss;
  readonly weight: Hyper;
  readonly metrics: readonly Metric[];
}

const where = "heads";

/** Name of the weight of a head, as state of the model: no layer has state of this name, as "layer.name" is. */
const weightName = (head: string): string => `weight of ${JSON.stringify(head)}`;

function headOf(name: string, given: Loss | Head): OwnHead {
  const head = has(given, "apply") ? { loss: given as Loss } : (given as Head);
  const own = `${where}: ${name}`;
  checkOptions(own, head, ["loss", "weight", "metrics"]);
  const { loss, weight = 1, metrics = [] } = head;
  if (!has(loss, "apply", "targets")) throw wrongKind(own, "loss", "a loss", loss, "meanSquaredError()");
  if (loss.reduction === "sum")
    throw new TypeError(
      `${own}: the loss is a sum over the batch, expected a mean. Give reduction "mean" and a weight.`,
    );
  if (!areMetrics(metrics)) throw wrongKind(own, "metrics", "an array of metrics", metrics, "[accuracy()]");
  return { name, loss, weight: checkHyper(own, "weight", weight, { min: 0 }), metrics };
}

/** Returns the member of a record with the head's name. */
function memberOf(name: string, record: unknown, what: string, advice: string): Tensor {
  const found = !(record instanceof Tensor) && has(record, name) ? (record as NamedTensors)[name] : undefined;
  if (found instanceof Tensor) return found;
  const got = record instanceof Tensor ? "a single one" : Object.keys(record ?? {}).join(", ");
  throw new ShapeError(`${where}: there is no ${what} "${name}", got ${got || "none"}. ${advice}`);
}

/** Quotient of a weighted mean; 0 if the weights sum to 0. */
function quotientOf({ tensor, sum }: BatchValue, dtype: "f32" | "f64"): Tensor {
  if (!sum) return tensor;
  const weight = tensor.slice(0, 1, 2).reshape([]).stopGradient();
  return sum.divide(weight.add(weight.equal(0))).cast(dtype);
}

/** Checks that weights by head have names of heads. */
function checkNames(weights: Tensor | NamedTensors | undefined, own: readonly OwnHead[]): void {
  if (weights === undefined || weights instanceof Tensor) return;
  const names = own.map(({ name }) => name);
  for (const name of Object.keys(weights))
    if (!names.includes(name)) {
      const near = nearest(name, names);
      throw new ShapeError(
        `${where}: weights of "${name}", expected those of ${names.join(", ")}.${near ? ` Did you mean "${near}"?` : ""}`,
      );
    }
}

/**
 * Loss of several outputs: L = Σₕ λₕ Lₕ over the heads h, for models that return a record of outputs, and targets in a record
 * of the same names.
 *
 * The results of `evaluate` and of validation are the loss L, the loss of every head as "head.loss", and the metrics of every
 * head as "head.metric". Each Lₕ is the mean over all samples, weighted by `weights` if they are given, for all heads or by
 * head: `{ weights: { kind, score } }`. A sample of weight 0 is masked, so that it may lack the target of a head. If the weights of
 * a head sum to 0 in a batch, its loss there is 0.
 *
 * A head with class weights, sample weights or `ignoreIndex` divides by the sum of its weights in the batch. Such a batch must not be
 * larger than `microBatch`, and `accumulate` throws.
 *
 * @param heads  a loss for each output, or { loss, weight, metrics }
 * @returns      the loss
 * @throws TypeError   a head is not a loss, or its loss is a sum over the batch
 * @throws RangeError  a weight is below 0
 * @throws ShapeError  in a step: the model returns no output, or the data has no target, of this name
 * @example
 * const person = heads({
 *   kind: { loss: softmaxCrossEntropy(), metrics: [accuracy()] },
 *   age: { loss: meanSquaredError(), weight: 0.1 },
 * });
 * person.metrics.map(({ name }) => name); // ["kind.loss", "kind.accuracy", "age.loss"]
 * @see Caruana, *Multitask learning*, Machine Learning 28, 1997
 */
export function heads<const H extends { readonly [head: string]: Loss | Head }>(heads: H): HeadsLoss<H> {
  if (!has(heads) || has(heads, "apply") || Object.keys(heads).length === 0)
    throw wrongKind(where, "the argument", "losses by name", heads, "{ kind: softmaxCrossEntropy() }");
  const own = Object.entries(heads).map(([name, given]) => headOf(name, given));
  const results = new Map<Metric, { head: string; metric: Metric | null }>();
  for (const { name: head, metrics } of own) {
    results.set({ name: `${head}.loss`, apply: outside }, { head, metric: null });
    for (const metric of metrics) results.set({ ...metric, name: `${head}.${metric.name}` }, { head, metric });
  }
  const loss: HeadedLoss = {
    name: `${where}(${own.map(({ name }) => name).join(", ")})`,
    targets: Object.fromEntries(own.map(({ name, loss }) => [name, loss.targets])) as TargetKinds,
    heads: Object.fromEntries(own.map(({ name, loss }) => [name, loss])),
    state: Object.assign(
      {},
      ...own.map(({ name, weight }) => scheduledState(weightName(name), weight).state),
    ) as Parameters,
    metrics: [...results.keys()],
    over(loss, prediction, target, weights, dtype, context) {
      const values = valuesOf(own, prediction, target, weights, dtype);
      return {
        value: totalOf(own, values, dtype, context),
        metric(metric) {
          const found = results.get(metric);
          if (!found) return metricOver(metric, prediction, target, loss, weights, dtype);
          const value = values.get(found.head) as LossValue;
          return found.metric ? value.metric(found.metric) : value.value;
        },
      };
    },
    total: (values, numbers) =>
      own.reduce((sum, { name, weight }) => {
        const factor = typeof weight === "number" ? weight : numbers(weightName(name));
        return sum + factor * (values[`${name}.loss`] as number);
      }, 0),
    apply: outside,
  };
  return loss as unknown as HeadsLoss<H>;
}

/** Throws: outside of a trainer there are no schedules. */
function outside(): never {
  throw new TypeError(`${where}: works in a trainer only. Apply the losses of the heads.`);
}

/** Applies the losses of the heads. */
function valuesOf(
  own: readonly OwnHead[],
  prediction: Tensor,
  target: Tensor,
  weights: Tensor | NamedTensors | undefined,
  dtype: "f32" | "f64",
): Map<string, LossValue> {
  checkNames(weights, own);
  const values = own.map(({ name, loss }): [string, LossValue] => {
    const output = memberOf(name, prediction, "output", "Return a record of outputs from the model.");
    const labels = memberOf(name, target, "target", "Give targets by name.");
    const given = weights instanceof Tensor ? weights : new Map(Object.entries(weights ?? {})).get(name);
    return [name, lossOver(loss, output, labels, given, dtype)];
  });
  return new Map(values);
}

/** The weighted sum of the losses. */
function totalOf(
  own: readonly OwnHead[],
  values: ReadonlyMap<string, LossValue>,
  dtype: "f32" | "f64",
  context: LayerContext | undefined,
): BatchValue {
  const terms = own.map(({ name, weight }) => {
    const mean = quotientOf((values.get(name) as LossValue).value, dtype);
    return times(mean, numberIn(needContext(where, context), weightName(name), weight));
  });
  const [first, ...rest] = terms as [Tensor, ...Tensor[]];
  const divided = [...values.values()].some(({ value }) => value.sum !== undefined);
  return { tensor: rest.reduce((sum, term) => sum.add(term), first), divided };
}
