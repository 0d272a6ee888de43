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

/** A next state of a batch: that of the rows of the run, and the state before the step. */
interface Written {
  readonly rows: Tensor;
  readonly before: Tensor;
}

/** Next states by their nodes, for a layer that is applied again in the step. */
const written = new WeakMap<Trace, Map<number, Written>>();

function writtenIn(trace: Trace): Map<number, Written> {
  const nodes = written.get(trace) ?? new Map<number, Written>();
  written.set(trace, nodes);
  return nodes;
}

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
  #places: Tensor | undefined;

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
          `${name}: the carried state is of a batch of ${batch} rows, got a batch of ${got}. Use batchSize ${batch}, and ` +
            'lastBatch "drop".',
        ),
    );
  }

  /** States of layer k at the start of its rows; undefined outside of training, which starts from 0. */
  read(k: string): States | undefined {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return undefined;
    const places = (tensor: Tensor): Tensor => {
      this.#places ??= tensor.trace.emit(abi.opBatchRows, [], [], [this.rows, this.batch, this.#fault]);
      return this.#places;
    };
    return Object.fromEntries(
      Object.entries(state[k] as unknown as States).map(([name, tensor]) => [
        name,
        writtenIn(tensor.trace).get(tensor.node)?.rows ?? tensor.gather(places(tensor)),
      ]),
    );
  }

  /** Replaces the states of layer k, after its last step, for the rows of this run. */
  write(k: string, next: States): void {
    const { training, refreshing, state } = this.#context;
    if (!training || refreshing) return;
    for (const [name, rows] of Object.entries(next)) {
      const nodes = writtenIn(rows.trace);
      const own = (state[k] as unknown as States)[name] as Tensor;
      const before = nodes.get(own.node)?.before ?? own;
      const all = rows.trace.emit(abi.opNextRows, [rows, before]);
      nodes.set(all.node, { rows, before });
      this.#context.update({ [`${k}.${name}`]: all });
    }
  }
}
