// Scalars of a checkpoint: the numbers besides the arrays that determine the next step.

import * as abi from "../../assembly/abi.js";
import { doubleAt, type Field } from "../engine/addresses.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import type { Layout } from "./parameters.js";
import type { TrainerParts } from "./parts.js";

/** A scalar in the metadata of a checkpoint. */
export interface Scalar {
  readonly name: string;
  read(): number;
  write(value: number): void;
  /** True if a number from a file is a possible value. */
  isValid(value: number): boolean;
  /** The value where a file lacks the scalar: it was not set, or not saved by earlier versions. */
  readonly absent?: number;
}

type TrainerRecord = RecordView<"trainer">;

/** Counts of a file keep growing: they stay far from 2⁵³, where adding 1 changes nothing. */
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= 2 ** 52;

function real(
  { engine, record }: { readonly engine: TrainerRecord["engine"]; readonly record: number },
  name: string,
  field: Field<string>,
  isValid: (value: number) => boolean,
): Scalar {
  return {
    name,
    read: () => engine.get(record, field),
    write: (value) => engine.set(record, field, value),
    isValid,
  };
}

function integer(trainer: TrainerRecord, name: string, field: Field<"trainer">, most = 2 ** 31): Scalar {
  return real(trainer, name, field, (value) => isCount(value) && value <= most);
}

/** Scalars that belong to the weights, as the arenas do. */
export function weightScalars(
  trainer: TrainerRecord,
  { optimizer, average }: TrainerParts,
  batches: number,
  { groups }: Layout,
): Scalar[] {
  const { engine } = trainer;
  const scalars: Scalar[] = [];
  if (batches > 1) {
    const weight = real(trainer, "accumulatedWeight", fields.trainerAccumulatedWeight, Number.isFinite);
    scalars.push(integer(trainer, "accumulatedBatches", fields.trainerAccumulatedCount, batches - 1));
    scalars.push(integer(trainer, "accumulatedRows", fields.trainerAccumulatedRows));
    scalars.push({ ...weight, absent: 0 });
  }
  if (average?.average === "swa") {
    const record = trainer.get(fields.trainerAverage);
    scalars.push(real({ engine, record }, "averaged", fields.averageCount, isCount));
  }
  const lowest = optimizer.hyperNames.indexOf("lowestLoss");
  if (optimizer.gradientFree && lowest >= 0) {
    const first = trainer.get(fields.trainerGroups) + abi.groupLearningRate + 8 * lowest;
    scalars.push({
      name: "lowestLoss",
      read: () => engine.doubles[doubleAt(first)] as number,
      write: (value) => {
        for (const k of groups.keys()) engine.doubles[doubleAt(first + k * abi.groupBytes)] = value;
      },
      isValid: Number.isFinite,
    });
  }
  return scalars;
}

/** The position of training: counts of updates and epochs, the sums of the current epoch, and the learning rate. */
export function positionScalars(
  trainer: TrainerRecord & { rate: number; writeRate(): void },
  { penalized }: Layout,
): Scalar[] {
  const isSum = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY;
  const rate: Scalar = {
    name: "learningRate",
    read: () => trainer.rate,
    write: (value) => {
      trainer.rate = value;
      trainer.writeRate();
    },
    isValid: (value) => value > 0 && Number.isFinite(value),
    absent: trainer.rate,
  };
  return [
    ...(Number.isNaN(trainer.rate) ? [] : [rate]),
    real(trainer, "step", fields.trainerStep, isCount),
    real(trainer, "epochLoss", fields.trainerEpochLoss, Number.isFinite),
    real(trainer, "epochRows", fields.trainerEpochRows, isSum),
    ...(penalized ? [real(trainer, "epochPenalty", fields.trainerEpochPenalty, Number.isFinite)] : []),
    integer(trainer, "epoch", fields.trainerEpoch),
    integer(trainer, "position", fields.trainerPosition),
    integer(trainer, "rows", fields.trainerRows),
    integer(trainer, "seedLow", fields.trainerSeedLow, 2 ** 32 - 1),
    integer(trainer, "seedHigh", fields.trainerSeedHigh, 2 ** 21 - 1),
  ];
}
