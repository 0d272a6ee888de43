// Checkpoints: one safetensors file with weights, optimizer state, running state, schedules and everything else that
// determines the next step.

import { damaged as damagedFile, type parseSafetensors, reservedNames } from "../files/safetensors.js";
import { describeGradientTransforms } from "../optimizers/gradientTransforms.js";
import { arrayTypes, type NDArray } from "../values/arrays.js";
import type { TrainerInternals } from "./internals.js";
import type { TrainerMemory } from "./memory.js";
import { checkNamed, readNamed } from "./namedArrays.js";

type Parts = Pick<TrainerInternals, "memory" | "options">;

const version = "1";
const damaged = (what: string): RangeError => damagedFile("restore", what);

/** Description that must match before a state is restored: type, model, optimizer, names and shapes of all arrays. */
function identity({ memory, options }: Parts): string {
  const { layout, stateLayout } = memory;
  const { model, gradient, average, dtype } = options;
  const listed = (arrays: readonly { name: string; shape: readonly number[] }[]): string =>
    arrays.map(({ name, shape }) => `${name}[${shape.join(",")}]`).join(" ");
  const changes = describeGradientTransforms(gradient);
  const parts = [
    dtype,
    model.name,
    layout.described,
    changes,
    average?.described,
    listed(layout.parameters),
    listed(stateLayout.entries),
  ];
  return parts.filter(Boolean).join("; ");
}

const scheduleTensor = "trainer.schedules";

/** Returns the f64 values of the schedules' records, which must equal those of this trainer except for their state. */
function savedSchedules({ memory }: Parts, tensors: Saved, described = ""): ArrayLike<number> {
  const { schedules } = memory;
  const words = tensors.has(scheduleTensor) ? take(tensors, scheduleTensor, "f64").data : [];
  const wrong = described === schedules.describe() ? schedules.mismatch(words) : "the optimizer";
  if (wrong === null) return words;
  throw new RangeError(
    `restore: the file has another schedule for ${wrong}: got "${described}", expected "${schedules.describe()}", with ` +
      "equal parameters. Create the trainer as it was when it was saved.",
  );
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
): [tensors: [name: string, array: NDArray][], metadata: Record<string, string>] {
  const { memory } = trainer;
  const { engine } = memory;
  const tensors = memory.arenas.flatMap(({ prefix, arena }) =>
    Object.entries(readNamed(engine, arena)).map(([name, array]): [string, NDArray] => [prefix + name, array]),
  );
  const metadata: Record<string, string> = { format: "thalweg", version, model: identity(trainer) };
  if (memory.schedules.entries.length > 0) {
    const words = memory.schedules.save(engine);
    tensors.push([scheduleTensor, { data: words, shape: [words.length] }]);
    metadata.schedules = memory.schedules.describe();
  }
  for (const { name, read, absent } of [...memory.scalars, ...memory.position])
    if (read() !== absent) metadata[name] = String(read());
  return [tensors, metadata];
}

/** Checks the scalars of a file and returns functions that write them. */
function savedScalars({ memory }: Parts, metadata: Readonly<Record<string, string>>): (() => void)[] {
  const writes = [...memory.scalars, ...memory.position].map(({ name, isValid, write, absent }) => {
    const text = metadata[name] ?? absent?.toString();
    const value = Number(text ?? Number.NaN);
    // The text must be what `save` writes, so that saving again returns the same file.
    if (!isValid(value) || String(value) !== text) throw damaged(`${name} is ${metadata[name] ?? "missing"}`);
    return () => write(value);
  });
  const [position, rows] = [Number(metadata.position), Number(metadata.rows)];
  if (position > 0 && position >= rows) throw damaged(`position is ${position}, beyond the ${rows} rows`);
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

/** Checks a saved state and returns a function that restores it, which does not throw. */
export function checkCheckpoint(
  trainer: Parts,
  { tensors, metadata }: ReturnType<typeof parseSafetensors>,
): () => void {
  const { memory } = trainer;
  if (metadata.format !== "thalweg") throw damaged("this is not a checkpoint of a trainer");
  if (metadata.version !== version) throw damaged(`the file has version ${metadata.version}, expected ${version}`);
  if (metadata.model !== identity(trainer))
    throw new RangeError(
      `restore: the file is of another model or optimizer: got "${metadata.model}", expected "${identity(trainer)}". ` +
        "Create the trainer as it was when it was saved.",
    );
  const writes = [
    ...savedScalars(trainer, metadata),
    ...memory.arenas.map((arena) => savedArrays(trainer, tensors, arena)),
  ];
  const words = savedSchedules(trainer, tensors, metadata.schedules);
  for (const name of tensors.keys()) throw damaged(`tensor "${name}" is not of this trainer`);
  return () => {
    for (const write of writes) write();
    memory.schedules.restore(memory.engine, words);
  };
}
