// Checkpoints: one safetensors file with weights, optimizer state, running state, schedules and everything else that
// decides the next step.

import { damaged as damagedFile, parseSafetensors, reservedNames, writeSafetensors } from "../files/safetensors.js";
import { describeAverage } from "../optimizers/averages.js";
import { describeGradientTransforms } from "../optimizers/gradientTransforms.js";
import { arrayTypes, type NDArray } from "../values/arrays.js";
import type { TrainerMemory } from "./memory.js";
import { checkNamed, readNamed } from "./namedArrays.js";
import type { Trainer } from "./trainer.js";

const version = "1";
const damaged = (what: string): RangeError => damagedFile("restore", what);

/** What has to agree before a state may be taken up: type, model, update rule and everything by name. */
function identity({ memory, options }: Trainer): string {
  const { layout, stateLayout } = memory;
  const { model, gradient, average, dtype } = options;
  const listed = (placed: readonly { name: string; shape: readonly number[] }[]): string =>
    placed.map(({ name, shape }) => `${name}[${shape.join(",")}]`).join(" ");
  const changes = describeGradientTransforms(gradient);
  const mean = average ? describeAverage(average) : "";
  const parts = [
    dtype,
    model.name,
    layout.described,
    changes,
    mean,
    listed(layout.parameters),
    listed(stateLayout.entries),
  ];
  return parts.filter(Boolean).join("; ");
}

const scheduleTensor = "trainer.schedules";

/** The words of the schedules' records; they must be those of this trainer, state apart. */
function savedSchedules(trainer: Trainer, tensors: Saved, described = ""): ArrayLike<number> {
  const { schedules } = trainer.memory;
  const words = tensors.has(scheduleTensor) ? take(tensors, scheduleTensor, "f64").data : [];
  const wrong = described === schedules.describe() ? schedules.mismatch(words) : "the optimizer";
  if (wrong === null) return words;
  throw new RangeError(
    `restore: the file has another schedule for ${wrong}: got "${described}", expected "${schedules.describe()}", with ` +
      "equal parameters. Create the trainer as it was when it was saved.",
  );
}

/** Refuses names under which a checkpoint could not keep everything apart. @internal */
export function checkNames({ arenas }: TrainerMemory): void {
  const seen = new Set([...reservedNames, scheduleTensor]);
  for (const { prefix, arena } of arenas)
    for (const { name } of arena.placed) {
      const full = prefix + name;
      if (seen.has(full))
        throw new RangeError(`createTrainer: "${full}" is taken in a checkpoint. Rename the ${arena.what}.`);
      seen.add(full);
    }
}

/** The state of a trainer as a file. @internal */
export function saveCheckpoint(trainer: Trainer): Uint8Array {
  const { engine, memory } = trainer;
  const tensors: Record<string, NDArray> = Object.create(null);
  for (const { prefix, arena } of memory.arenas)
    for (const [name, array] of Object.entries(readNamed(engine, arena))) tensors[prefix + name] = array;
  const metadata: Record<string, string> = { format: "thalweg", version, model: identity(trainer) };
  if (memory.schedules.entries.length > 0) {
    const words = memory.schedules.save(engine);
    tensors[scheduleTensor] = { data: words, shape: [words.length] };
    metadata.schedules = memory.schedules.describe();
  }
  for (const { name, read, absent } of [...memory.words, ...memory.counters])
    if (read() !== absent) metadata[name] = String(read());
  return writeSafetensors(tensors, metadata);
}

/** Checks the words of a file, each within what it can be; answers what writes them. */
function savedWords({ memory }: Trainer, metadata: Readonly<Record<string, string>>): (() => void)[] {
  const writes = [...memory.words, ...memory.counters].map(({ name, fits, write, absent }) => {
    const text = metadata[name] ?? absent?.toString();
    const value = Number(text ?? Number.NaN);
    // Written as a number is written here, so that what is saved again is the same text.
    if (!fits(value) || String(value) !== text) throw damaged(`${name} is ${metadata[name] ?? "missing"}`);
    return () => write(value);
  });
  const [position, rows] = [Number(metadata.position), Number(metadata.rows)];
  if (position > 0 && position >= rows) throw damaged(`position is ${position}, beyond the ${rows} rows`);
  return writes;
}

/** The tensors of a file that nobody has asked for yet. */
type Saved = ReturnType<typeof parseSafetensors>["tensors"];

/** Takes an array out of a file. */
function take(tensors: Saved, name: string, dtype: "f32" | "f64"): NDArray {
  const tensor = tensors.get(name);
  if (!tensor) throw damaged(`tensor "${name}" is missing`);
  if (tensor.dtype !== dtype.toUpperCase()) throw damaged(`tensor "${name}" is ${tensor.dtype}, expected ${dtype}`);
  tensors.delete(name);
  return { data: new arrayTypes[dtype](tensor.bytes.slice().buffer), shape: tensor.shape };
}

/** Checks the arrays of one arena, and takes them out of the file; answers what writes them. */
function savedArrays(
  trainer: Trainer,
  tensors: Saved,
  { prefix, arena, vector = -1 }: TrainerMemory["arenas"][number],
): () => void {
  const values = Object.fromEntries(
    arena.placed.map(({ name, squares }) => {
      const array = take(tensors, prefix + name, arena.dtype);
      if (squares?.includes(vector) && array.data.some((value: number) => value < 0))
        throw damaged(`tensor "${prefix}${name}" holds a mean of squares below 0`);
      return [name, array];
    }),
  );
  // A mean of squares may have overflowed while weights and gradient are finite: what was saved is taken up again.
  const fits = vector < 0 ? Number.isFinite : (value: number) => !Number.isNaN(value);
  return checkNamed(trainer.engine, "restore", arena, values, prefix, fits);
}

/** Takes up a saved state; everything is checked before anything is written. @internal */
export function restoreCheckpoint(trainer: Trainer, file: Uint8Array): void {
  const { engine, memory } = trainer;
  const { tensors, metadata } = parseSafetensors("restore", file);
  if (metadata.format !== "thalweg") throw damaged("this is not a checkpoint of a trainer");
  if (metadata.version !== version) throw damaged(`the file has version ${metadata.version}, expected ${version}`);
  if (metadata.model !== identity(trainer))
    throw new RangeError(
      `restore: the file is of another model or optimizer: got "${metadata.model}", expected "${identity(trainer)}". ` +
        "Create the trainer as it was when it was saved.",
    );
  const writes = [
    ...savedWords(trainer, metadata),
    ...memory.arenas.map((arena) => savedArrays(trainer, tensors, arena)),
  ];
  const words = savedSchedules(trainer, tensors, metadata.schedules);
  for (const name of tensors.keys()) throw damaged(`tensor "${name}" is not of this trainer`);
  for (const write of writes) write();
  memory.schedules.restore(engine, words);
}
