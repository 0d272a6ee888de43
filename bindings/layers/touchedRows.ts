// Updates of a table that cost what a step reads of it: whether its parameter can be updated by the rows that a step touches,
// with which rule, and the op that marks the rows. The trainer asks; only layers that gather rows download this.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { registered } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import { ruleAdam, ruleSgd } from "../values/contract.js";

/** What decides how the rows of a table are updated. @internal */
export interface RowsUpdate {
  readonly optimizer: { readonly name: string; readonly rule: number };
  readonly frozen: boolean;
  readonly decays: boolean;
  readonly penalty: { readonly squares: unknown; readonly magnitudes: unknown } | null;
  readonly maxNorm: number;
}

/** What else of a trainer decides it. @internal */
export interface RowsParts {
  readonly optimizer: { readonly wrappers: readonly { readonly wrapper: string }[] };
  readonly gradient?: readonly { readonly transform: string }[];
}

/** How a table is updated by the rows that a step touches. @internal */
export interface TableRows {
  /**
   * Returns the code of the rule that updates only touched rows; the optimizer's own if the engine lacks it, for all rows; or
   * null if what else is updated needs all rows. Only null depends on no engine, so that the layout does not either.
   */
  readonly rule: (engine: Engine | undefined, update: RowsUpdate, parts: RowsParts) => number | null;
  /** Marks the touched rows of a table from bit `first` on, in marks at an offset of the results; returns its gradient. */
  readonly touch: (gradient: Tensor, marks: number, first: number) => Tensor;
}

/** Transforms that leave a gradient of 0 as it is. */
const scaling = ["clipValue", "clipNorm", "clipGlobalNorm", "clipAdaptive"];

/** What changes rows that a step does not touch, or needs the gradient of several steps; null if nothing does. */
function obstacle({ decays, penalty, maxNorm }: RowsUpdate, { optimizer, gradient = [] }: RowsParts): string | null {
  if (decays) return "weight decay";
  if (penalty && (penalty.squares !== 0 || penalty.magnitudes !== 0)) return "a penalty";
  if (maxNorm !== 0) return "a constraint";
  return optimizer.wrappers[0]?.wrapper ?? gradient.find(({ transform }) => !scaling.includes(transform))?.transform ?? null;
}

/** Returns the rule of a table's rows; `lazy` for Adam's too. @internal */
export function tableRows(lazy: boolean): TableRows {
  return {
    rule(engine, update, parts) {
      if (update.frozen) return null;
      const { rule, name } = update.optimizer;
      const isAdam = lazy && rule === ruleAdam.code;
      const other = obstacle(update, parts);
      if (lazy && rule !== ruleSgd.code && !isAdam)
        throw new TypeError(
          `embedding: lazy needs adam, or sgd without momentum, got ${name}. Give one of them in a group, or leave lazy out.`,
        );
      if (lazy && other !== null)
        throw new TypeError(
          `embedding: lazy cannot be combined with ${other}, which changes rows that a step does not touch, or needs ` +
            "several steps. Leave one of them out, for this parameter by a group.",
        );
      if (isAdam && engine === undefined)
        throw new TypeError("embedding: lazy works in a trainer of its own, not in several of one model. Leave it out.");
      if ((rule !== ruleSgd.code && !isAdam) || other !== null) return null;
      if (engine === undefined) return rule;
      if (isAdam) return registered(engine, "rule", abi.ruleAdamRows, "lazy embeddings");
      try {
        return registered(engine, "rule", abi.ruleSgdRows, name);
      } catch {
        return rule; // for all rows, to the same bits
      }
    },
    touch(gradient, marks, first) {
      const { trace, size } = gradient;
      const leaf = trace.leaf(abi.spaceResults, marks, "i32", [Math.ceil((first + size) / 32)]);
      return trace.emit(abi.opTouchRows, [gradient, leaf], [], [first]);
    },
  };
}
