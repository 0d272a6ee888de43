// State that belongs to the rows of a batch, and that each row carries into the next one. A trainer that splits a batch into runs
// averages the state of other layers over them; of this kind each run writes its own rows, with the bits of a batch in one run.

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import { needContext } from "./context.js";
import { layerFault } from "./faults.js";
import { zerosInitializer } from "./initializers.js";
import type { LayerContext, Parameters } from "./layer.js";

type States = { readonly [name: string]: Tensor };

/** Next states of the rows of a run, by the node of that of the batch, for a layer that is applied again in the step. */
const written = new WeakMap<Trace, Tensor[]>();

/** Declarations of the states [rows, units] of some layers. */
export function carriedStates(names: readonly string[], layers: number, rows: number, units: number): Parameters {
  const own = (): Parameters =>
    Object.fromEntries(
      names.map((name) => [name, { shape: [rows, units], initializer: zerosInitializer, byRow: true }]),
    );
  return Object.fromEntries(Array.from({ length: layers }, (_, k) => [`${k}`, own()]));
}

/** The carried states of a layer in a run of some rows of the batch. */
export class CarriedRows {
  readonly #context: LayerContext;
  readonly #fault: number;

  constructor(
    name: string,
    context: LayerContext | undefined,
    readonly rows: number,
    readonly batch: number,
  ) {
    this.#context = needContext(name, context);
    this.#fault = layerFault(
      `${name} ${batch}`,
      ([, got]) =>
        new RangeError(
          `${name}: got ${got === -1 ? "shuffled rows" : `a batch of ${got}`}, expected ${batch} rows in order. Use batchSize ` +
            `${batch}, lastBatch "drop" and shuffle: false.`,
        ),
    );
  }

  /** States of layer k at the start of its rows; undefined outside of training, which starts from 0. */
  read(k: string): States | undefined {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return undefined;
    const places = [this.rows, this.batch, this.#fault];
    return Object.fromEntries(
      Object.entries(state[k] as unknown as States).map(([name, tensor]) => [
        name,
        written.get(tensor.trace)?.[tensor.node] ?? tensor.gather(tensor.trace.emit(abi.opBatchRows, [], [], places)),
      ]),
    );
  }

  /** Replaces the states of layer k, after its last step, for the rows of this run. */
  write(k: string, next: States): void {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return;
    for (const [name, rows] of Object.entries(next)) {
      const all = rows.trace.emit(abi.opNextRows, [rows, (state[k] as unknown as States)[name] as Tensor]);
      const nodes = written.get(rows.trace) ?? [];
      nodes[all.node] = rows;
      written.set(rows.trace, nodes);
      this.#context.update({ [`${k}.${name}`]: all });
    }
  }
}
