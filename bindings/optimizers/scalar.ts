// Scalars of a checkpoint: numbers besides the arrays that determine the next step. Optimizers and averages may have some of
// their own.

import type { Field } from "../engine/addresses.js";
import type { RecordView } from "../engine/record.js";

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

/** Counts of a file keep growing: they stay far from 2⁵³, where adding 1 changes nothing. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= 2 ** 52;

export function real(
  { engine, record }: { readonly engine: RecordView<"trainer">["engine"]; readonly record: number },
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

/** Returns the scalars of a trainer's optimizer or average, whose groups are `groups`. */
export type ScalarsOf = (trainer: RecordView<"trainer">, groups: readonly unknown[]) => Scalar[];
