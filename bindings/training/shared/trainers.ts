// Several trainers of named layers, saved and restored together.

import { damaged as damagedFile, fileOfArrays, parseSafetensors } from "../../files/safetensors.js";
import type { NDArray } from "../../values/arrays.js";
import { shownAs } from "../../values/lines.js";
import { checkCheckpoint, checkpointOf } from "../checkpoint.js";
import type { Trainer } from "../trainer.js";
import type { Member } from "./member.js";

const damaged = (what: string): RangeError => damagedFile("restore", what);
const format = "thalweg trainers";

/** Trainers of parts of one model, made by `createTrainers`. */
export class Trainers<Names extends string = string> {
  /** The trainers by name. Each has all methods of a trainer. */
  readonly trainers: Readonly<Record<Names, Trainer>>;
  readonly #members: readonly Member[];

  /** @internal */
  constructor(members: readonly Member[]) {
    this.#members = members;
    this.trainers = Object.fromEntries(members.map((member) => [member.name, member])) as unknown as Record<
      Names,
      Trainer
    >;
    shownAs(this, () => {
      const status = ({ name, lock, memory }: Member) => `${name}: ${lock.state === "freed" ? "freed" : memory.steps}`;
      return `Trainers { steps of ${members.map(status).join(", ")} }`;
    });
  }

  /**
   * Returns everything that determines the next steps of all trainers as one safetensors file, in which the weights and the
   * running state stand once.
   */
  save(): Uint8Array {
    const tensors = new Map<string, NDArray>();
    const metadata: Record<string, string> = { format };
    for (const member of this.#members) {
      member.lock.check();
      const shared = new Set(sharedNames(member));
      const [arrays, texts] = checkpointOf(member);
      for (const [name, array] of arrays) tensors.set(shared.has(name) ? name : `${member.name}/${name}`, array);
      for (const [key, text] of Object.entries(texts)) metadata[`${member.name}/${key}`] = text;
    }
    return fileOfArrays("save", [...tensors], metadata);
  }

  /**
   * Restores a saved state of all trainers; training continues as if it had never stopped. Nothing changes if it throws.
   *
   * @param bytes  what `save` of the same trainers returned
   * @throws RangeError  the file is damaged, or of other trainers
   */
  restore(bytes: Uint8Array): void {
    for (const { lock } of this.#members) lock.checkIdle();
    const { tensors, metadata } = parseSafetensors("restore", bytes);
    if (metadata.format !== format) throw damaged("this is not a checkpoint of several trainers");
    const names = this.#members.map(({ name }) => name);
    const saved = [...new Set([...tensors.keys(), ...Object.keys(metadata)].map(ownerOf))].filter(Boolean);
    if (saved.sort().join() !== [...names].sort().join())
      throw new RangeError(
        `restore: the file is of other trainers: got ${saved.join(", ") || "none"}, expected ${names.join(", ")}. Create the ` +
          "trainers as they were when it was saved.",
      );
    const writes = this.#members.map((member) => {
      const own = Object.entries(metadata).filter(([key]) => ownerOf(key) === member.name);
      const arrays = [...tensors].filter(([name]) => ["", member.name].includes(ownerOf(name)));
      const start = member.name.length + 1;
      return checkCheckpoint(member, {
        tensors: new Map(arrays.map(([name, tensor]) => [ownerOf(name) ? name.slice(start) : name, tensor])),
        metadata: Object.fromEntries(own.map(([key, text]) => [key.slice(start), text])),
      });
    });
    for (const write of writes) write();
  }

  /** Frees all trainers; further calls do nothing. */
  free(): void {
    const used = this.#members.filter(({ lock }) => lock.state !== "freed");
    for (const { lock } of used) lock.checkIdle();
    for (const member of used) member.free();
  }

  /** Calls `free`, at the end of a block with `using`. */
  [Symbol.dispose](): void {
    this.free();
  }
}

/** Name of the trainer that an entry of a file belongs to, "" if it belongs to all. */
function ownerOf(key: string): string {
  return key.slice(0, Math.max(0, key.indexOf("/")));
}

/** Names of the weights and the running state in a checkpoint of one of the trainers. */
function sharedNames({ memory }: Member): string[] {
  const { parameters, state } = memory;
  return [...parameters.arrays.map(({ name }) => name), ...state.arrays.map(({ name }) => `state.${name}`)];
}
