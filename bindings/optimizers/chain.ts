// The chain of gradient transforms in the memory of a trainer. Transforms carry these functions, so that only programs with
// transforms download them.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import { registered } from "../engine/featureSets.js";
import type { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import { typeCode, wholeLines } from "../values/arrays.js";

/** The parameters that a chain transforms the gradients of. */
interface Parameters {
  readonly dtype: "f32" | "f64";
  readonly elements: number;
  readonly parameters: readonly { readonly shape: readonly number[] }[];
}

/** A transform as numbers. */
interface Transform {
  readonly transform: string;
  readonly code: number | null;
  readonly fields: readonly number[];
}

/** Bytes of the chain: its record, the transforms, and two f64 per column of the widest tensor. */
function bytes({ parameters }: Parameters, transforms: readonly Transform[]): number {
  const records = abi.chainBytes + abi.transformBytes * transforms.length;
  const widest = Math.max(1, ...parameters.map(({ shape }) => shape.at(-1) ?? 0));
  return wholeLines(records) + Math.max(abi.chainScratch, 16 * widest) + 64;
}

/** Writes the chain at an address. */
function write(
  trainer: RecordView<"trainer">,
  chain: number,
  transforms: readonly Transform[],
  layout: Parameters,
): void {
  const { engine } = trainer;
  const records = chain + abi.chainBytes;
  engine.write(chain, {
    [fields.chainType]: typeCode(layout.dtype),
    [fields.chainElements]: layout.elements,
    [fields.chainTensors]: trainer.get(fields.trainerTensors),
    [fields.chainTensorCount]: trainer.get(fields.trainerTensorCount),
    [fields.chainTransforms]: records,
    [fields.chainTransformCount]: transforms.length,
    [fields.chainWorkspace]: wholeLines(records + abi.transformBytes * transforms.length),
    [fields.chainWeights]: trainer.get(fields.trainerParameters),
  });
  for (const [k, transform] of transforms.entries()) {
    const at = records + k * abi.transformBytes;
    const code = registered(engine, "transform", transform.code as number, transform.transform);
    engine.set(at, fields.transformCode, code);
    engine.doubles.set(transform.fields, doubleAt(at + abi.transformFields));
  }
  trainer.set(fields.trainerChain, chain);
}

/** The size of a chain, and the function that writes it. */
export const chain = { bytes, write } as const;
