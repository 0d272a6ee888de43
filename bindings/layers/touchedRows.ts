// Updates of a table that cost what a step reads of it: whether a parameter can be updated by the rows that a step touches,
// with which rule, and the op that marks the rows. Only layers that gather rows download this.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { registered } from "../engine/featureSets.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import type { Tensor } from "../tensors/tensor.js";
import { ruleAdam, ruleSgd } from "../values/contract.js";

/** The memory of a trainer. */
type Memory = RecordView<"trainer"> & { own(bytes: number): number };

/** Marks the touched rows of a table, from bit `first` on of a trainer's marks; returns its gradient. @internal */
export type TouchRows = (gradient: Tensor, memory: Memory, first: number) => Tensor;

/** The update of a table, which decides whether its rows can be updated alone. */
interface Update {
  readonly optimizer: { readonly name: string; readonly rule: number };
  readonly frozen: boolean;
  readonly decays: boolean;
  readonly penalty: { readonly squares: unknown; readonly magnitudes: unknown } | null;
  readonly maxNorm: number;
}

/** The parts of a trainer that decide it too. */
interface Parts {
  readonly optimizer: { readonly wrappers: readonly { readonly wrapper: string }[] };
  readonly gradient?: readonly { readonly transform: string }[];
  readonly engine?: Engine;
}

/**
 * Returns the update of a table by the rows that a step touches, or null if it needs all rows. If the engine lacks the rule, it
 * is an update of all rows apart from that of other parameters, so that the layout is the same in every engine. @internal
 */
export type TableRows = <U extends Update>(update: U, parts: Parts) => U | null;

/** Transforms that leave a gradient of 0 as it is. */
const scaling = ["clipValue", "clipNorm", "clipGlobalNorm", "clipAdaptive"];

/** Names the part that changes rows that a step does not touch, or needs the gradient of several steps; null for none. */
function obstacle({ decays, penalty, maxNorm }: Update, { optimizer, gradient = [] }: Parts): string | null {
  if (decays) return "weight decay";
  if (penalty && (penalty.squares !== 0 || penalty.magnitudes !== 0)) return "a penalty";
  if (maxNorm !== 0) return "a constraint";
  const [wrapper] = optimizer.wrappers;
  const transform = gradient.find((one) => !scaling.includes(one.transform));
  return wrapper?.wrapper ?? transform?.transform ?? null;
}

/** Address of the marks of a trainer: a bit for every element, of which a table has one for each of its rows. */
function marksOf(memory: Memory): number {
  const before = memory.get(fields.trainerTouched);
  if (before !== 0) return before;
  const bytes = Math.ceil(memory.get(fields.trainerElements) / 8) + 8;
  const address = memory.own(bytes);
  memory.engine.bytes.fill(0, address, address + bytes);
  memory.set(fields.trainerTouched, address);
  return address;
}

const touch: TouchRows = (gradient, memory, first) => {
  const { trace, size } = gradient;
  // Programs know no addresses, only the distance from a block of the trainer.
  const distance = marksOf(memory) - memory.get(fields.trainerResults);
  const leaf = trace.leaf(abi.spaceResults, distance, "i32", [Math.ceil((first + size) / 32)]);
  return trace.emit(abi.opTouchRows, [gradient, leaf], [], [first]);
};

function checkLazy(name: string, known: boolean, other: string | null, isAlone: boolean): void {
  if (!known)
    throw new TypeError(
      `embedding: lazy needs adam, or sgd without momentum, got ${name}. Give one of them in a group, or leave lazy out.`,
    );
  if (other !== null)
    throw new TypeError(
      `embedding: lazy cannot be combined with ${other}, which changes rows that a step does not gather or needs several ` +
        "steps. Leave one of them out.",
    );
  if (!isAlone)
    throw new TypeError("embedding: lazy needs a trainer of its own, got several of one model. Leave lazy out.");
}

/** The rule of touched rows, undefined if the engine lacks it. */
function ruleIn(engine: Engine, code: number): number | undefined {
  try {
    return registered(engine, "rule", code, "lazy embeddings");
  } catch (error) {
    // Adam on all rows is another rule; gradient descent has the same bits.
    if (code === abi.ruleAdamRows) throw error;
    return undefined;
  }
}

/** Returns the updates of a table, those by Adam too if they are lazy. @internal */
export function tableRows(lazy: boolean): TableRows {
  return (update, parts) => {
    const { optimizer, frozen } = update;
    const { rule, name } = optimizer;
    const isAdam = lazy && rule === ruleAdam.code;
    const known = isAdam || rule === ruleSgd.code;
    const other = obstacle(update, parts);
    const { engine } = parts;
    if (frozen) return null;
    if (lazy) checkLazy(name, known, other, engine !== undefined || !isAdam);
    if (!known || other !== null) return null;
    const own = engine && ruleIn(engine, isAdam ? abi.ruleAdamRows : abi.ruleSgdRows);
    // Rules of matrices have a list of them, and here nothing else to work on.
    const touching = own !== undefined && { rule: own, workspace: () => 0, touch };
    return { ...update, optimizer: { ...optimizer, ...touching } };
  };
}
