// Scalars of a checkpoint: the numbers besides the arrays that determine the next step.

import type { Field } from "../engine/addresses.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import { isCount, real, type Scalar } from "../optimizers/scalar.js";
import type { Layout } from "./parameters.js";
import type { TrainerParts } from "./parts.js";

type TrainerRecord = RecordView<"trainer">;

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
  const scalars: Scalar[] = [];
  if (batches > 1) {
    const weight = real(trainer, "accumulatedWeight", fields.trainerAccumulatedWeight, Number.isFinite);
    scalars.push(integer(trainer, "accumulatedBatches", fields.trainerAccumulatedCount, batches - 1));
    scalars.push(integer(trainer, "accumulatedRows", fields.trainerAccumulatedRows));
    scalars.push({ ...weight, absent: 0 });
  }
  for (const part of [average, optimizer]) scalars.push(...(part?.scalars?.(trainer, groups) ?? []));
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
    ...(penalized
      ? [{ ...real(trainer, "epochPenalty", fields.trainerEpochPenalty, Number.isFinite), absent: 0 }]
      : []),
    integer(trainer, "epoch", fields.trainerEpoch),
    integer(trainer, "position", fields.trainerPosition),
    integer(trainer, "rows", fields.trainerRows),
    integer(trainer, "seedLow", fields.trainerSeedLow, 2 ** 32 - 1),
    integer(trainer, "seedHigh", fields.trainerSeedHigh, 2 ** 21 - 1),
  ];
}
