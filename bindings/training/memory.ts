// The memory of a trainer: one region with the core's records, the arenas and what the core reports, and the regions whose
// size depends on the data.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import type { Scalar } from "../optimizers/scalar.js";
import { type Hyper, SchedulePlan } from "../schedules/scheduled.js";
import { blockBytes, readArray, writeArray } from "../tensors/trace.js";
import { arrayTypes, bytesOf, checkShape, halvesOf, typeCode } from "../values/arrays.js";
import { type FaultNames, within } from "../values/errors.js";
import { drawInitialValues } from "./initialize.js";
import { arenaBytes, type Blocks, placeBlocks, type UpdateParts, updatePartsOf } from "./layout.js";
import type { Arena } from "./namedArrays.js";
import { type Layout, layOutParameters, layOutState, type StateLayout } from "./parameters.js";
import type { TrainerParts } from "./parts.js";
import { writeGroup, writeTensors, writeWrapping } from "./records.js";
import { positionScalars, weightScalars } from "./scalars.js";

/** Address and length of a range of memory. */
type Range = readonly [at: number, length: number];

/** Layout of the parameters that trainers of one model share, and the addresses of these and of the running state. */
export interface SharedBlocks {
  readonly layout: Layout;
  readonly blocks: Pick<Blocks, "parameters" | "state">;
}

/** Lays out the regions of a trainer and owns them. */
export class TrainerMemory extends RecordView<"trainer"> implements FaultNames {
  readonly record: number;
  readonly layout: Layout;
  readonly stateLayout: StateLayout;
  readonly schedules: SchedulePlan;
  /** Vectors besides the weights and the state of the rule, with the prefixes of their names in a checkpoint. */
  readonly extraVectors: readonly { readonly prefix: string; readonly arena: Arena }[];
  /** Scalars that belong to the weights. */
  readonly scalars: readonly Scalar[];
  /** Scalars of the position of training. */
  readonly position: readonly Scalar[];
  /** True if programs outside of training read the average of the weights. */
  readsAverage = false;
  /** Ranges that training writes, except gradients and scratch. */
  readonly trainedRanges: readonly Range[];
  /** All schedules: those of the trainer, and of the augmentation of the prepared runs. */
  plans: readonly SchedulePlan[];
  /** Ranges that the host writes before training: groups, and schedules with the values of user functions. */
  scheduledRanges: readonly Range[];
  /** The learning rate set last, or that of the first trained group; NaN if it cannot be set. */
  rate: number;
  readonly #blocks: Blocks;
  readonly #dtype: "f32" | "f64";
  readonly #regions = new Set<number>();
  #order = 0;
  #orderRows = 0;
  #accumulator = 0;

  constructor(engine: Engine, parts: TrainerParts, shared?: SharedBlocks) {
    super(engine);
    const { model, optimizer, dtype, seed } = parts;
    this.#dtype = dtype;
    this.layout = shared?.layout ?? layOutParameters(model, { ...parts, engine }, dtype);
    this.stateLayout = layOutState(model, dtype, this.layout.parameters.length);
    for (const { name, shape } of [...this.layout.parameters, ...this.stateLayout.entries])
      checkShape(`createTrainer: "${name}"`, shape);
    this.schedules = new SchedulePlan([
      ...this.layout.groups.map(({ hyper }) => hyper),
      this.stateLayout.scheduled.map(({ scheduled }) => scheduled),
    ]);
    const update = updatePartsOf(parts, this.layout);
    const place = (address: number): Blocks =>
      placeBlocks(address, parts, update, this.layout, this.stateLayout, this.schedules.bytes);
    const { record: weights, end } = place(0);
    const elsewhere = shared ? weights : 0;
    const region = within("createTrainer", () => this.own(end - elsewhere));
    const blocks = { ...place(region - elsewhere), ...shared?.blocks };
    this.#blocks = blocks;
    this.record = blocks.record;
    engine.bytes.fill(0, region, blocks.end);
    this.rate = optimizer.gradientFree ? Number.NaN : this.#firstRate;
    this.plans = [this.schedules];
    this.scheduledRanges = [
      [blocks.groups, blocks.results - blocks.groups],
      [blocks.scheduled, blocks.history - blocks.scheduled],
    ];
    this.trainedRanges = [
      [blocks.record + abi.trainerPosition, abi.trainerPrograms - abi.trainerPosition],
      ...this.scheduledRanges,
      [blocks.parameters, weights],
      [blocks.moments, blocks.end - blocks.moments],
    ];
    engine.watch(this, this.#regions);
    try {
      this.#writeRecords(parts, update);
      this.extraVectors = this.#extraVectors(update);
      this.scalars = weightScalars(this, parts, update.batches, this.layout);
      this.position = positionScalars(this, this.layout);
      this.#placeSchedules();
      if (!shared) drawInitialValues(engine, this.parameters, this.state, seed);
      this.copyWeightsToWrappers();
    } catch (error) {
      this.free();
      throw error;
    }
  }

  #writeRecords({ loss, average, optimizer, seed }: TrainerParts, update: UpdateParts): void {
    const blocks = this.#blocks;
    const { groups, elements, looksAhead } = this.layout;
    const [seedLow, seedHigh] = halvesOf(seed);
    this.write({
      [fields.trainerType]: typeCode(this.#dtype),
      [fields.trainerSweep]: blocks.sweep,
      [fields.trainerParameters]: blocks.parameters,
      [fields.trainerElements]: elements,
      [fields.trainerGradients]: blocks.gradients,
      [fields.trainerLookAhead]: looksAhead ? blocks.lookAhead : 0,
      [fields.trainerStateVectors]: blocks.moments,
      [fields.trainerWorkspace]: blocks.workspace,
      [fields.trainerGroups]: blocks.groups,
      [fields.trainerGroupCount]: groups.length,
      [fields.trainerState]: blocks.state,
      [fields.trainerNextState]: blocks.nextState,
      [fields.trainerStateBytes]: blockBytes(this.#dtype, this.stateLayout.elements),
      [fields.trainerSummed]: Number(loss.reduction === "sum"),
      [fields.trainerGradientFree]: Number(optimizer.gradientFree),
      [fields.trainerResults]: blocks.results,
      [fields.trainerHistory]: blocks.history,
      [fields.trainerHistoryLimit]: abi.trainerHistoryRecords,
      [fields.trainerEpochs]: blocks.epochs,
      [fields.trainerSeedLow]: seedLow,
      [fields.trainerSeedHigh]: seedHigh,
    });
    let table = blocks.matrices;
    for (const [k, group] of groups.entries()) {
      writeGroup(this.engine, blocks.groups + k * abi.groupBytes, table, group);
      table += group.matrices.length * abi.matrixBytes;
      for (const [state, value] of group.initial.entries()) {
        const start = this.moment(state).address + bytesOf(this.#dtype, group.offset);
        writeArray(this.engine, start, this.#dtype, new arrayTypes[this.#dtype](group.elements).fill(value));
      }
    }
    average?.write(this, blocks.average, average);
    writeTensors(this, blocks.tensors, this.layout);
    update.transforms[0]?.chain?.write(this, blocks.chain, update.transforms, this.layout);
    if (update.batches > 1)
      this.write({ [fields.trainerAccumulate]: update.batches, [fields.trainerAccumulated]: blocks.accumulated });
    if (update.wraps) writeWrapping(this, blocks, update, this.layout);
  }

  #placeSchedules(): void {
    const { scheduled, groups } = this.#blocks;
    const starts = this.layout.groups.map((_, k) => groups + k * abi.groupBytes + abi.groupDecoupledDecay);
    const { records, words } = this.schedules.place(this.engine, scheduled, [...starts, this.layerNumbers]);
    this.write({
      [fields.trainerScheduled]: scheduled,
      [fields.trainerScheduledCount]: this.schedules.entries.length,
      [fields.trainerSchedules]: records,
      [fields.trainerScheduleWords]: words,
    });
  }

  #extraVectors({ keeping, batches }: UpdateParts) {
    const { kept, accumulated } = this.#blocks;
    const arena = arenaBytes(this.layout);
    return [
      ...keeping.map(({ wrapper }, k) => ({ prefix: `${wrapper}.`, arena: this.#arenaAt(kept + k * arena) })),
      ...(batches > 1 ? [{ prefix: "accumulated.", arena: this.#arenaAt(accumulated) }] : []),
    ];
  }

  /** Updates since the weights were initialized. */
  get steps(): number {
    return this.get(fields.trainerStep);
  }

  /** Name of the parameter that contains an element. */
  elementName(element: number): string {
    const { parameters } = this.layout;
    return parameters.find(({ offset, elements }) => element >= offset && element < offset + elements)?.name ?? "?";
  }

  /** Name of the option behind a scheduled number. */
  optionName(k: number): string {
    const own = this.schedules.entries.length;
    return k < own ? this.schedules.nameOf(k) : (this.plans[1] as SchedulePlan).nameOf(k - own);
  }

  /** Uses the schedules of an augmentation, which lie at `at`, for the numbers from address `numbers` on. */
  augment(plan: SchedulePlan, at: number, numbers: number): void {
    const { records } = plan.place(this.engine, at, [numbers]);
    this.plans = [this.schedules, plan];
    this.scheduledRanges = [...this.scheduledRanges.slice(0, 2), [at, plan.bytes]];
    this.write({
      [fields.trainerAugmentScheduled]: at,
      [fields.trainerAugmentScheduledCount]: plan.entries.length,
      [fields.trainerAugmentSchedules]: records,
    });
  }

  /** Initial learning rate of each group, 0 of frozen ones. */
  get #rates(): readonly Hyper[] {
    return this.layout.groups.map(({ hyper }) => hyper[(abi.groupLearningRate - abi.groupDecoupledDecay) / 8] as Hyper);
  }

  /** That of the first trained group; NaN if any group has a schedule. */
  get #firstRate(): number {
    const rates = this.#rates;
    if (rates.some((rate) => typeof rate !== "number")) return Number.NaN;
    return (rates.find((rate) => rate !== 0) ?? Number.NaN) as number;
  }

  /** Writes the learning rate that was set, in the initial proportion of the groups. */
  writeRate(): void {
    const { rate } = this;
    const firstRate = this.#firstRate;
    if (Number.isNaN(rate)) return;
    for (const [k, own] of this.#rates.entries())
      this.engine.set(
        this.#blocks.groups + k * abi.groupBytes,
        fields.groupLearningRate,
        // A factor of 1 keeps the bits of every rate.
        own === firstRate ? rate : (own as number) * (rate / firstRate),
      );
  }

  /** Begins an epoch: without rows that were trained on. */
  beginEpoch(): void {
    this.write({
      [fields.trainerPosition]: 0,
      [fields.trainerEpochLoss]: 0,
      [fields.trainerEpochPenalty]: 0,
      [fields.trainerEpochRows]: 0,
    });
  }

  /** Address of the scheduled numbers of layers, behind the running state. */
  get layerNumbers(): number {
    return this.get(fields.trainerState) + this.get(fields.trainerStateBytes);
  }

  /** Copies the weights, which were set from outside, to the copies that wrappers keep. */
  copyWeightsToWrappers(): void {
    for (const { prefix, arena } of this.extraVectors) if (prefix !== "accumulated.") this.#copyWeights(arena.address);
  }

  #copyWeights(to: number): void {
    const { parameters: from } = this.#blocks;
    this.engine.bytes.copyWithin(to, from, from + bytesOf(this.#dtype, this.layout.elements));
  }

  /** Addresses of the regions, which are freed with the trainer. */
  get regions(): Iterable<number> {
    return this.#regions;
  }

  /** Allocates a region that is freed with the trainer. */
  own(bytes: number): number {
    const address = this.engine.allocate(bytes);
    this.#regions.add(address);
    return address;
  }

  /** Frees one of the regions; does nothing at address 0. */
  disown(address: number): void {
    if (!this.#regions.delete(address)) return;
    this.engine.release(address);
  }

  /** All vectors that determine the next step, with the prefixes of their names in a checkpoint. */
  get arenas(): readonly { readonly prefix: string; readonly arena: Arena; readonly vector?: number }[] {
    const vectors = Array.from({ length: this.layout.states }, (_, vector) => ({
      prefix: `optimizer.${vector}.`,
      arena: this.moment(vector),
      vector,
    }));
    return [
      { prefix: "", arena: this.parameters },
      ...vectors,
      ...this.extraVectors,
      ...(this.get(fields.trainerAverage) ? [{ prefix: "average.", arena: this.average }] : []),
      { prefix: "state.", arena: this.state },
    ];
  }

  get parameters(): Arena {
    return this.#arenaAt(this.#blocks.parameters);
  }

  /** The weights, or their average; those that programs read, if not said. */
  weights(averaged = this.readsAverage): Arena {
    return averaged ? this.average : this.parameters;
  }

  /** The average of the weights; equal to the weights until any were averaged. */
  get average(): Arena {
    const { average: record } = this.#blocks;
    const average = record + abi.averageHeader;
    const isEqual = this.engine.get(record, fields.averageEvery) !== 0;
    const count = isEqual ? this.engine.get(record, fields.averageCount) : this.steps;
    if (count === 0) this.#copyWeights(average);
    return this.#arenaAt(average);
  }

  /** The running state. */
  get state(): Arena {
    const { entries: arrays, elements } = this.stateLayout;
    return { kind: "state", address: this.#blocks.state, dtype: this.#dtype, arrays, elements };
  }

  /** State vector k of the optimizer. */
  moment(k: number): Arena {
    return this.#arenaAt(this.#blocks.moments + bytesOf(this.#dtype, k * this.layout.elements));
  }

  #arenaAt(address: number): Arena {
    const { parameters: arrays, elements } = this.layout;
    return { kind: "parameter", address, dtype: this.#dtype, arrays, elements };
  }

  /** Allocates the order of the rows of an epoch. */
  reserveOrder(rows: number): void {
    if (rows === this.#orderRows) return;
    const order = this.own(4 * rows);
    this.disown(this.#order);
    this.#order = order;
    this.#orderRows = rows;
    this.set(fields.trainerOrder, order);
  }

  /** Allocates the sum of the gradients of a step with several runs. */
  reserveAccumulator(): void {
    if (this.#accumulator) return;
    this.#accumulator = this.own(arenaBytes(this.layout));
    this.set(fields.trainerAccumulator, this.#accumulator);
  }

  /** Loss of every update of the last slice. */
  sliceLosses(): Float64Array {
    return readArray(this.engine, this.#blocks.history, "f64", this.get(fields.trainerHistoryCount)) as Float64Array;
  }

  /** Triples (updates done, mean loss, mean penalty) of the epochs that ended in the last slice. */
  sliceEpochs(): Float64Array {
    return readArray(this.engine, this.#blocks.epochs, "f64", 3 * this.get(fields.trainerEpochCount)) as Float64Array;
  }

  /** Frees all regions. */
  free(): void {
    this.engine.unwatch(this);
    for (const address of this.#regions) this.disown(address);
  }
}
