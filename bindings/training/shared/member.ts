// One of several trainers of named layers: an ordinary trainer whose weights and running state lie in a region that all of
// them use.

import type { SharedRegion } from "../../engine/sharedRegion.js";
import type { ArrayLike } from "../../values/arrays.js";
import { bytesOf } from "../../values/arrays.js";
import { TraceError } from "../../values/errors.js";
import type { RestoreOptions } from "../checkpoint.js";
import { arenaBytes } from "../layout.js";
import { TrainerLock } from "../lock.js";
import { TrainerMemory } from "../memory.js";
import type { Layout, StoredArray } from "../parameters.js";
import type { TrainerParts } from "../parts.js";
import { writeLayerNumbers } from "../schedules.js";
import { Trainer } from "../trainer.js";

/** The memory of such a trainer. */
class MemberMemory extends TrainerMemory {
  readonly #shared: SharedRegion;

  constructor(parts: TrainerParts, layout: Layout, shared: SharedRegion) {
    const { engine, address } = shared;
    super(engine, parts, { layout, blocks: { parameters: address, state: address + arenaBytes(layout) } });
    this.#shared = shared;
  }

  override get regions(): Iterable<number> {
    return [...super.regions, this.#shared.address];
  }

  /** Copies the weights that others train to the copies that wrappers keep of all weights. */
  followOthers(): void {
    const { engine, extraVectors, parameters: weights } = this;
    for (const { prefix, arena } of extraVectors)
      for (const { frozen, offset, elements } of prefix === "accumulated." ? [] : weights.arrays) {
        const [at, bytes] = [bytesOf(weights.dtype, offset), bytesOf(weights.dtype, elements)];
        if (frozen) engine.bytes.copyWithin(arena.address + at, weights.address + at, weights.address + at + bytes);
      }
  }
}

/** Rejects calls that change one of several trainers while a run trains another, or while a function runs that another calls. */
class MemberLock extends TrainerLock {
  readonly #member: Member;

  constructor(member: Member) {
    super();
    this.#member = member;
  }

  override check(): void {
    super.check();
    const holder = this.#member.otherThat("held");
    if (holder)
      throw new TraceError(`trainer: used by a function that "${holder.name}" calls. Use only the arguments there.`);
  }

  override checkIdle(): void {
    super.checkIdle();
    const { name } = this.#member;
    const busy = this.#member.otherThat("fitting") ?? this.#member.otherThat("away");
    if (busy)
      throw new TraceError(
        `trainer: "${name}" and "${busy.name}" share weights, and a run of "${busy.name}" is in progress. Wait for it, or ` +
          "stop it first.",
      );
  }

  override change<T>(body: () => T): T {
    return super.change(() => this.#following(body));
  }

  override update<T>(body: () => T): T {
    return super.update(() => this.#following(body));
  }

  #following<T>(body: () => T): T {
    this.#member.memory.followOthers();
    return body();
  }

  override hold<T>(body: () => T): T {
    if (this.state !== "fitting" && this.state !== "away") return super.hold(body);
    // Between slices other trainers may have written their numbers of layers, which lie behind the running state.
    return super.hold(() => {
      writeLayerNumbers(this.#member);
      return body();
    });
  }
}

/** One of several trainers of named layers. */
export class Member extends Trainer {
  declare readonly memory: MemberMemory;
  declare readonly lock: MemberLock;
  readonly name: string;
  /** All trainers of the layers, this one included. */
  readonly #all: readonly Member[];
  readonly #shared: SharedRegion;

  constructor(name: string, parts: TrainerParts, layout: Layout, shared: SharedRegion, all: readonly Member[]) {
    super(shared.engine, parts, new MemberMemory(parts, layout, shared));
    this.name = name;
    this.#all = all;
    this.#shared = shared;
    this.lock = new MemberLock(this);
    shared.hold();
  }

  /** Another trainer whose lock is in a state. */
  otherThat(state: TrainerLock["state"]): Member | undefined {
    return this.#all.find((member) => member !== this && member.lock.state === state);
  }

  override setParameters(values: Readonly<Record<string, ArrayLike>>): void {
    this.#settingWeights(() => super.setParameters(values));
  }

  override restore(bytes: Uint8Array, options: RestoreOptions = {}): void {
    this.#settingWeights(() => super.restore(bytes, options));
  }

  /** Runs `body`, which sets weights. Wrappers of other trainers that keep copies of what they train take these anew. */
  #settingWeights(body: () => void): void {
    const keeping = this.#all.filter(
      (member) => member !== this && member.lock.state !== "freed" && member.memory.extraVectors.length > 0,
    );
    const { engine } = this;
    const { address, dtype } = this.memory.parameters;
    const bytes = ({ offset, elements }: StoredArray): Uint8Array => {
      const at = address + bytesOf(dtype, offset);
      return engine.bytes.subarray(at, at + bytesOf(dtype, elements));
    };
    const trained = keeping.map(({ memory }) => memory.layout.parameters.filter(({ frozen }) => !frozen));
    const before = trained.map((arrays) => arrays.map((array) => bytes(array).slice()));
    body();
    for (const [k, { memory }] of keeping.entries()) {
      const same = trained[k]?.every((array, at) => bytes(array).every((byte, i) => byte === before[k]?.[at]?.[i]));
      if (!same) memory.copyWeightsToWrappers();
    }
  }

  override free(): void {
    const used = this.lock.state !== "freed";
    super.free();
    if (used) this.#shared.release();
  }
}
