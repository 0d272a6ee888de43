// Checkpoints: one safetensors file with weights, optimizer state, running state, schedules and everything else that
// determines the next step.

import { damaged as damagedFile, type parseSafetensors, reservedNames } from "../files/safetensors.js";
import { type WeightsOption, wantsAverage } from "../optimizers/averages.js";
import { describeGradientTransforms } from "../optimizers/gradientTransforms.js";
import { arrayTypes, type NDArray } from "../values/arrays.js";
import { checkChoice, checkFlag, checkOptions, wrongKind } from "../values/options.js";
import { architectureOf } from "./architecture.js";
import type { TrainerInternals } from "./internals.js";
import type { TrainerMemory } from "./memory.js";
import { checkNamed, readNamed } from "./namedArrays.js";

type Parts = Pick<TrainerInternals, "engine" | "memory" | "lock" | "options">;

/** A part of a saved state. */
export type StatePart = "weights" | "state" | "optimizer" | "schedules" | "position";

/** Options of `save`. */
export interface SaveOptions extends WeightsOption {
  /**
   * True leaves out all that only training needs: what remains are the weights, or with `weights: "average"` their average, the
   * running state and the model; default false.
   */
  readonly weightsOnly?: boolean;
}

/** Options of `restore`. */
export interface RestoreOptions {
  /**
   * Parts to restore; default all, into a trainer with the options of the saved one. Of the rest this trainer keeps its own:
   * "weights"; "state", the running state; "optimizer", its state, the count of updates and the average of the weights;
   * "schedules", their state and a learning rate that was set; "position", the count of epochs, the place in the epoch and the
   * seed.
   */
  readonly only?: readonly StatePart[];
}

const version = "1";
const parts: readonly StatePart[] = ["weights", "state", "optimizer", "schedules", "position"];
const damaged = (what: string): RangeError => damagedFile("restore", what);

/** The part that a scalar belongs to, or an array by its prefix. */
function partOf(name: string): StatePart {
  if (/^(epoch|position|rows|seed)/.test(name)) return "position";
  return ({ "": "weights", "state.": "state", learningRate: "schedules" } as const)[name] ?? "optimizer";
}

/** Descriptions that must match before a state is restored: the type, the model and every part. */
function identity({ memory, options }: Parts) {
  const { layout, stateLayout } = memory;
  const { model, gradient, average, dtype } = options;
  const listed = (arrays: readonly { name: string; shape: readonly number[] }[]): string =>
    arrays.map(({ name, shape }) => `${name}[${shape.join(",")}]`).join(" ");
  return {
    dtype,
    model: model.name,
    optimizer: layout.described,
    gradient: describeGradientTransforms(gradient),
    average: average?.described,
    weights: listed(layout.parameters),
    state: listed(stateLayout.entries),
  };
}

/** The descriptions as one text. */
function identityText(trainer: Parts): string {
  return Object.values(identity(trainer)).filter(Boolean).join("; ");
}

/** The text without what has no state: penalties and constraints. */
const withoutPenalties = (text: unknown): string =>
  `; ${text}; `.replace(/, (proximal |penalty |maxNorm\()[^;,]*/g, "");

const scheduleTensor = "trainer.schedules";

/** Error for a file whose part is of another trainer. */
function another(what: string, got: unknown, expected: unknown): RangeError {
  return new RangeError(
    `restore: the file ${what}: got "${got}", expected "${expected}". Create the trainer as it was when it was saved.`,
  );
}

/** Returns the f64 values of the schedules' records, which must equal those of this trainer except for their state. */
function savedSchedules({ memory }: Parts, tensors: Saved, described = ""): ArrayLike<number> {
  const { schedules } = memory;
  const words = tensors.has(scheduleTensor) ? take(tensors, scheduleTensor, "f64").data : [];
  const wrong = described === schedules.describe() ? schedules.mismatch(words) : "the optimizer";
  if (wrong === null) return words;
  throw another(`has another schedule for ${wrong}`, described, schedules.describe());
}

/** @throws RangeError  two arrays have one name in a checkpoint */
export function checkNames({ arenas }: TrainerMemory): void {
  const seen = new Set([...reservedNames, scheduleTensor]);
  for (const { prefix, arena } of arenas)
    for (const { name } of arena.arrays) {
      const full = prefix + name;
      if (seen.has(full))
        throw new RangeError(`createTrainer: "${full}" is already used in checkpoints. Rename the ${arena.kind}.`);
      seen.add(full);
    }
}

/** Returns the state of a trainer as the tensors and the metadata of a file. */
export function checkpointOf(
  trainer: Parts,
  options: SaveOptions = {},
): [tensors: [name: string, array: NDArray][], metadata: Record<string, string>] {
  const { memory } = trainer;
  const { engine } = memory;
  checkOptions("save", options, ["weightsOnly", "weights"]);
  const { weightsOnly = false, ...weights } = options;
  const kept = checkFlag("save", "weightsOnly", weightsOnly) ? parts.slice(0, 2) : parts;
  const averaged = wantsAverage("save", weights, trainer.options.average);
  if (averaged && !weightsOnly)
    throw new TypeError('save: weights "average" needs weightsOnly. The whole state has both.');
  const tensors = memory.arenas
    .filter(({ prefix }) => kept.includes(partOf(prefix)))
    .flatMap(({ prefix, arena }) =>
      Object.entries(readNamed(engine, prefix ? arena : memory.weights(averaged))).map(
        ([name, array]): [string, NDArray] => [prefix + name, array],
      ),
    );
  const metadata: Record<string, string> = {
    format: "thalweg",
    version,
    model: identityText(trainer),
    architecture: architectureOf(trainer),
  };
  if (!weightsOnly && memory.schedules.entries.length > 0) {
    const words = memory.schedules.save(engine);
    tensors.push([scheduleTensor, { data: words, shape: [words.length] }]);
    metadata.schedules = memory.schedules.describe();
  }
  for (const { name, read, absent } of scalarsOf(trainer, kept)) if (read() !== absent) metadata[name] = String(read());
  return [tensors, metadata];
}

/** Scalars of some parts. */
function scalarsOf({ memory }: Parts, kept: readonly StatePart[]) {
  return [...memory.scalars, ...memory.position].filter(({ name }) => kept.includes(partOf(name)));
}

/** Checks scalars of a file and returns functions that write them. */
function savedScalars(
  trainer: Parts,
  metadata: Readonly<Record<string, string>>,
  wanted: readonly StatePart[],
): (() => void)[] {
  const writes = scalarsOf(trainer, wanted).map(({ name, isValid, write, absent }) => {
    const text = metadata[name] ?? absent?.toString();
    const value = Number(text ?? Number.NaN);
    // The text must be what `save` writes, so that saving again returns the same file.
    if (!isValid(value) || String(value) !== text) throw damaged(`${name} is ${metadata[name] ?? "missing"}`);
    return () => write(value);
  });
  const [position, rows] = [Number(metadata.position), Number(metadata.rows)];
  if (wanted.includes("position") && position > 0 && position >= rows)
    throw damaged(`position is ${position}, beyond the ${rows} rows`);
  return writes;
}

/** The tensors of a file that were not read yet. */
type Saved = ReturnType<typeof parseSafetensors>["tensors"];

/** Removes a tensor from those of a file and returns it. */
function take(tensors: Saved, name: string, dtype: "f32" | "f64"): NDArray {
  const tensor = tensors.get(name);
  if (!tensor) throw damaged(`tensor "${name}" is missing`);
  if (tensor.dtype !== dtype.toUpperCase()) throw damaged(`tensor "${name}" is ${tensor.dtype}, expected ${dtype}`);
  tensors.delete(name);
  return { data: new arrayTypes[dtype](tensor.bytes.slice().buffer), shape: tensor.shape };
}

/** Takes the arrays of an arena out of a file, checks them and returns a function that writes them. */
function savedArrays(
  { memory }: Parts,
  tensors: Saved,
  { prefix, arena, vector = -1 }: TrainerMemory["arenas"][number],
): () => void {
  const values = Object.fromEntries(
    arena.arrays.map(({ name, squares }) => {
      const array = take(tensors, prefix + name, arena.dtype);
      if (squares?.includes(vector) && array.data.some((value: number) => value < 0))
        throw damaged(`tensor "${prefix}${name}" holds a mean of squares below 0`);
      return [name, array];
    }),
  );
  // A state vector may overflow while weights and gradient are finite: infinite values are valid there.
  const isValid = vector < 0 ? Number.isFinite : (value: number) => !Number.isNaN(value);
  return checkNamed(memory.engine, "restore", arena, values, prefix, isValid);
}

/**
 * Checks a saved state, or parts of it, and returns a function that restores it, which does not throw. An error names the parts that
 * fit.
 */
export function checkCheckpoint(trainer: Parts, file: File, options: RestoreOptions = {}): () => void {
  checkOptions("restore", options, ["only"]);
  const { only } = options;
  if (only !== undefined) {
    if (!Array.isArray(only)) throw wrongKind("restore", "only", "an array of parts", only, '["weights", "state"]');
    for (const part of only) checkChoice("restore", "only", part, parts);
  }
  try {
    return checkParts(trainer, file, only);
  } catch (error) {
    const fitting = parts.filter((part) => {
      try {
        return checkParts(trainer, file, [part]);
      } catch {
        return false;
      }
    });
    if (fitting.length > 0) (error as Error).message += ` Parts that fit: only: ${JSON.stringify(fitting)}.`;
    throw error;
  }
}

type File = Pick<ReturnType<typeof parseSafetensors>, "tensors" | "metadata">;

/** Checks parts of a saved state; all of it if none are given, and that nothing else is in the file. */
function checkParts(trainer: Parts, { tensors, metadata }: File, only?: readonly StatePart[]): () => void {
  const { memory } = trainer;
  if (metadata.format !== "thalweg") throw damaged("this is not a checkpoint of a trainer");
  if (metadata.version !== version) throw damaged(`the file has version ${metadata.version}, expected ${version}`);
  const { model } = metadata;
  if (!only && model !== identityText(trainer))
    throw another("is of another model or optimizer", model, identityText(trainer));
  const wanted = only ?? parts;
  const described: { [part in StatePart]?: string | undefined } = { ...identity(trainer) };
  for (const part of only ?? [])
    if (described[part] && !withoutPenalties(model).includes(withoutPenalties(described[part])))
      throw another(`has no such ${part}`, model, described[part]);
  const left = new Map(tensors);
  const arrays = memory.arenas
    .filter(({ prefix }) => wanted.includes(partOf(prefix)))
    .map((arena) => savedArrays(trainer, left, arena));
  const scalars = savedScalars(trainer, metadata, wanted);
  const words = wanted.includes("schedules") ? savedSchedules(trainer, left, metadata.schedules) : null;
  if (!only) for (const name of left.keys()) throw damaged(`tensor "${name}" is not of this trainer`);
  return () => {
    for (const write of arrays) write();
    if (wanted.includes("weights") && !wanted.includes("optimizer")) memory.copyWeightsToWrappers();
    for (const write of scalars) write();
    if (words) memory.schedules.restore(memory.engine, words);
  };
}
