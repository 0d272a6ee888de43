// The layout of a trainer's region: which blocks it has, and their sizes.

import * as abi from "../../assembly/abi.js";
import { batchesOf, type GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Wrapper } from "../optimizers/optimizer.js";
import { blockBytes } from "../tensors/trace.js";
import { wholeLines } from "../values/arrays.js";
import type { Layout, StateLayout } from "./parameters.js";
import type { TrainerParts } from "./parts.js";

/** Parts of an update besides the rule. */
export interface UpdateParts {
  /** Transforms that the core runs; accumulation is none. */
  readonly transforms: readonly GradientTransform[];
  /** Batches of an update. */
  readonly batches: number;
  readonly wrappers: readonly Wrapper[];
  /** True if the record of the wrappers is needed. */
  readonly wraps: boolean;
  /** True if the update is computed apart from the weights. */
  readonly keepsUpdate: boolean;
  /** True if the gradient is taken twice. */
  readonly evaluatesTwice: boolean;
  /** Wrappers with a copy of the weights. */
  readonly keeping: readonly Wrapper[];
}

export function updatePartsOf({ optimizer, gradient }: TrainerParts, { groups }: Layout): UpdateParts {
  const { wrappers } = optimizer;
  const keepsUpdate = wrappers.some(({ changesUpdate }) => changesUpdate) || groups.some(({ cautious }) => cautious);
  return {
    transforms: gradient.filter(({ code }) => code !== null),
    batches: batchesOf(gradient),
    wrappers,
    wraps: keepsUpdate || wrappers.length > 0,
    keepsUpdate,
    evaluatesTwice: wrappers.some(({ evaluatesTwice }) => evaluatesTwice),
    keeping: wrappers.filter(({ keepsWeights }) => keepsWeights),
  };
}

/** Bytes of an arena of parameters. */
export function arenaBytes({ dtype, elements }: Layout): number {
  return blockBytes(dtype, elements) + 64;
}

/** Bytes of every block, in order, without padding to whole cache lines. */
function sizesOf(
  { average }: TrainerParts,
  update: UpdateParts,
  layout: Layout,
  state: StateLayout,
  scheduleBytes: number,
) {
  const { transforms, batches, wrappers, wraps, keepsUpdate, evaluatesTwice, keeping } = update;
  const { groups } = layout;
  const arena = arenaBytes(layout);
  const stateBytes = blockBytes(state.dtype, state.elements);
  const matrices = groups.reduce((sum, group) => sum + group.matrices.length, 0);
  return {
    // First what several trainers of one model share.
    parameters: arena,
    state: stateBytes + 8 * state.scheduled.length,
    record: abi.trainerBytes,
    sweep: abi.sweepBytes,
    groups: abi.groupBytes * groups.length,
    results: 64,
    scheduled: scheduleBytes,
    history: 8 * abi.trainerHistoryRecords,
    epochs: 24 * abi.trainerEpochRecords,
    gradients: arena,
    lookAhead: layout.looksAhead ? arena : 0,
    moments: layout.states * arena,
    nextState: (evaluatesTwice ? 4 : 2) * stateBytes,
    matrices: abi.matrixBytes * matrices,
    workspace: layout.workspace,
    average: average ? abi.averageHeader + arena : 0,
    tensors: abi.tensorBytes * layout.parameters.length,
    chain: transforms[0]?.chain?.bytes(layout, transforms) ?? 0,
    accumulated: batches > 1 ? arena : 0,
    wrapping: wraps ? abi.wrappingBytes + abi.wrapperBytes * wrappers.length : 0,
    updates: keepsUpdate ? arena : 0,
    perturbed: evaluatesTwice ? arena : 0,
    kept: keeping.length * arena,
    end: 0,
  };
}

/** Offset of every block, and of the end. */
export type Blocks = Readonly<Record<keyof ReturnType<typeof sizesOf>, number>>;

/** The blocks from an address on; blocks of 0 bytes have the address of the next one. */
export function placeBlocks(address: number, ...given: Parameters<typeof sizesOf>): Blocks {
  let next = address;
  return Object.fromEntries(
    Object.entries(sizesOf(...given)).map(([name, size]) => {
      const at = next;
      next += wholeLines(size);
      return [name, at];
    }),
  ) as Blocks;
}
