// Where in a model a layer stands: its dotted name, the shape of a sample that it gets, and its weights.

import type { NDArray } from "../values/arrays.js";
import type { Kinds, Op, OpOf, Weight } from "./op.js";

/** Numbers of a trainer, by dotted name. */
export interface ModelValues {
  readonly parameters: Readonly<Record<string, NDArray>>;
  readonly state: Readonly<Record<string, NDArray>>;
  /** Value of a scheduled number of a layer. */
  scheduled(name: string): number;
}

function single(array: NDArray | undefined): Weight | undefined {
  if (!array) return undefined;
  const { data, shape } = array;
  return { data: data instanceof Float32Array ? data : new Float32Array(data), shape };
}

/** A layer's place in a model. */
export class Place {
  constructor(
    readonly values: ModelValues,
    readonly path: string,
    readonly shape: readonly number[],
  ) {}

  /** Full name of a parameter. */
  #name(name: string): string {
    return this.path ? `${this.path}.${name}` : name;
  }

  /** Parameter of the layer, undefined if it has none of this name. */
  parameter(name: string): Weight | undefined {
    return single(this.values.parameters[this.#name(name)]);
  }

  /** Running state of the layer. */
  state(name: string): Weight {
    return single(this.values.state[this.#name(name)]) as Weight;
  }

  /** A number that may have a schedule, whose value is that of the next update. */
  number(name: string, given: unknown): number {
    return typeof given === "number" ? given : this.values.scheduled(this.#name(name));
  }

  /** Place of a layer nested under a name, or of what follows in this layer. */
  nested(name: string, shape = this.shape): Place {
    return new Place(this.values, this.#name(name), shape);
  }

  /** The same layer with the shape that an operation of it returned. */
  after({ output }: Op): Place {
    return new Place(this.values, this.path, output);
  }

  /** An operation of this layer. */
  op<K extends keyof Kinds>(kind: K, content: Kinds[K], output = this.shape): Op {
    return { ...content, kind, path: this.path, input: this.shape, output } as OpOf<K> as Op;
  }
}
