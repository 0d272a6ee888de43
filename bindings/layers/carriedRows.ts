// State that belongs to the rows of a batch, and that each row carries into the next one. A trainer that splits a batch into runs adds
// up the changes of its state by the share of each run in the rows, which suits means; what a run changes in its own rows is
// multiplied by the inverse of its share.

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";
import { sentences } from "../values/errors.js";
import { needContext } from "./context.js";
import { zerosInitializer } from "./initializers.js";
import type { LayerContext, Parameters } from "./layer.js";

type States = { readonly [name: string]: Tensor };

/** Declarations of the states [rows, units] of some layers. */
export function carriedStates(names: readonly string[], layers: number, rows: number, units: number): Parameters {
  const own = (): Parameters =>
    Object.fromEntries(names.map((name) => [name, { shape: [rows, units], initializer: zerosInitializer }]));
  return Object.fromEntries(Array.from({ length: layers }, (_, k) => [`${k}`, own()]));
}

/** The carried states of a layer in a run of some rows of the batch. */
export class CarriedRows {
  readonly #context: LayerContext;
  readonly #share: number;
  #read: States = {};
  #places: Tensor | undefined;

  constructor(
    readonly name: string,
    context: LayerContext | undefined,
    readonly rows: number,
    readonly batch: number,
  ) {
    this.#context = needContext(name, context);
    this.#share = rows / batch;
    sentences.set(abi.faultBatch, ([, got = 0, wanted = 0]) => batchError("stateful", got, wanted));
  }

  /** States of layer k at the start of its rows; undefined outside of training, which starts from 0. */
  read(k: string): States | undefined {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return undefined;
    if (this.rows > this.batch) throw batchError(this.name, this.rows, this.batch);
    const own = state[k] as unknown as States;
    const places = (tensor: Tensor): Tensor => {
      this.#places ??= tensor.trace.emit(abi.opBatchRows, [], [], [this.rows, this.batch]);
      return this.#places;
    };
    this.#read = Object.fromEntries(Object.entries(own).map(([name, tensor]) => [name, tensor.gather(places(tensor))]));
    return this.#read;
  }

  /** Replaces the states of layer k, after its last step, for the rows of this run. */
  write(k: string, next: States): void {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return;
    for (const [name, value] of Object.entries(next)) {
      const before = (state[k] as unknown as States)[name] as Tensor;
      const change = value.subtract(this.#read[name] as Tensor).divide(this.#share);
      const changes = (): Tensor =>
        value.trace.emit(abi.opScatterAdd, [change, this.#places as Tensor], [], [this.batch]);
      this.#context.update({ [`${k}.${name}`]: this.#share === 1 ? value : before.add(changes()) });
    }
  }
}

function batchError(name: string, got: number, wanted: number): RangeError {
  return new RangeError(
    `${name}: the carried state is of a batch of ${wanted} rows, got a batch of ${got}. Use batchSize ${wanted}, and ` +
      'lastBatch "drop".',
  );
}
