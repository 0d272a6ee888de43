// Blocks of memory outside of a program that it reads where they lie: arrays that stay in the engine, weights of trainers.
// A program knows each by the number of a space, whose base is set before every run.

import * as abi from "../../assembly/abi.js";
import { wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import type { Trace } from "./trace.js";

/** Most owners whose blocks a program reads; the other spaces are those of its arguments. */
const ownerLimit = 32;

/** Most arguments that have a space of their own. @internal */
export const inPlaceLimit = abi.spaceInputLimit - ownerLimit;

/** Sets the base of a space for the next run. @internal */
export function bindSpace(engine: Engine, space: number, address: number): void {
  engine.ints[wordAt(engine.record + abi.engineBases) + space] = address;
}

const opened = new WeakMap<Trace, Sources>();

/** Blocks that the program of a trace reads besides its arguments. @internal */
export class Sources {
  readonly #engine: Engine;
  /** Address of the block of each owner, in the order of their spaces, the last space first. */
  readonly #addresses = new Map<object, () => number>();

  /** Makes a trace able to read blocks; whoever runs its program calls `bind` before. */
  constructor(trace: Trace) {
    this.#engine = trace.engine;
    opened.set(trace, this);
  }

  /** The sources of a trace; undefined if its programs run without `bind`. */
  static of(trace: Trace): Sources | undefined {
    return opened.get(trace);
  }

  /** Space of the block of an owner, whose address `address` returns before each run, or throws if it is gone. */
  spaceOf(where: string, owner: object, address: () => number): number {
    const known = [...this.#addresses.keys()].indexOf(owner);
    const k = known < 0 ? this.#addresses.size : known;
    if (k === ownerLimit)
      throw new RangeError(`${where}: a function reads at most ${ownerLimit} trainers, got more. Split it.`);
    if (known < 0) this.#addresses.set(owner, address);
    return spaceAt(k);
  }

  /** Sets the bases of all blocks for the next run. Users' schedules may be called, and run other programs, before any is set. */
  bind(): void {
    const addresses = [...this.#addresses.values()].map((address) => address());
    for (const [k, address] of addresses.entries()) bindSpace(this.#engine, spaceAt(k), address);
  }
}

function spaceAt(k: number): number {
  return abi.spaceInputs + abi.spaceInputLimit - 1 - k;
}
