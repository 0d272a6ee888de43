// Checkpoints: one safetensors file (8 bytes header length, JSON header, tensors) with weights, optimizer state, running state and
// everything else that decides the next step.

import * as abi from "../assembly/abi.js";
import { arrayTypes, elementCount, isTypedArray, type NDArray, type TypedArray } from "./arrays.js";
import type { Trainer } from "./trainer.js";

const typeNames = { F32: "f32", F64: "f64", I32: "i32", U8: "u8" } as const;
type FileType = keyof typeof typeNames;
const headerLimit = 100_000_000;
const version = "1";

interface Entry {
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** A damaged or foreign file. */
function damaged(what: string): RangeError {
  return new RangeError(`restore: ${what}. Use a file that save() of this version wrote.`);
}

function fileType(data: TypedArray): FileType {
  return (Object.keys(typeNames) as FileType[]).find((name) => data instanceof arrayTypes[typeNames[name]]) as FileType;
}

/**
 * Writes named arrays and text metadata as safetensors.
 *
 * @see the safetensors format: u64 header length, JSON header, then the bytes
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  // Wider elements first, so that every tensor is aligned to its own size.
  const entries = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { data, shape }] of entries) {
    header[name] = { dtype: fileType(data), shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  let text = JSON.stringify(header);
  const encoder = new TextEncoder();
  text += " ".repeat((8 - (encoder.encode(text).length % 8)) % 8);
  const head = encoder.encode(text);
  const file = new Uint8Array(8 + head.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  let at = 8 + head.length;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/** Reads a safetensors file; every length, range and number is checked before anything is believed. */
export function readSafetensors(file: Uint8Array): {
  tensors: Record<string, NDArray>;
  metadata: Record<string, string>;
} {
  if (!(file instanceof Uint8Array)) throw new TypeError("restore: expected the bytes of a file as a Uint8Array.");
  if (file.length < 8) throw damaged(`the file is cut off: got ${file.length} bytes`);
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (length > headerLimit || 8 + length > file.length)
    throw damaged(`the header is said to be ${length} bytes, but the file has ${file.length}`);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file.subarray(8, 8 + length)));
  } catch {
    throw damaged("the header is not JSON");
  }
  if (header === null || typeof header !== "object" || Array.isArray(header))
    throw damaged("the header is not an object");
  const bytes = file.subarray(8 + length);
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: Record<string, NDArray> = {};
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Entry;
    const type = typeNames[dtype];
    if (
      !type ||
      !Array.isArray(shape) ||
      !shape.every((n) => Number.isSafeInteger(n) && n >= 0) ||
      !Array.isArray(offsets)
    )
      throw damaged(`tensor "${name}" is described wrongly`);
    const [from = 0, to = 0] = offsets;
    const wanted = elementCount(shape) * arrayTypes[type].BYTES_PER_ELEMENT;
    if (!Number.isSafeInteger(from) || from < 0 || to - from !== wanted || to > bytes.length)
      throw damaged(`tensor "${name}" takes bytes ${from} .. ${to}, expected ${wanted} within ${bytes.length}`);
    ranges.push([from, to]);
    const copy = bytes.slice(from, to);
    tensors[name] = { data: new arrayTypes[type](copy.buffer, 0, elementCount(shape)), shape };
  }
  ranges.sort(([a], [b]) => a - b);
  for (const [k, [from]] of ranges.entries())
    if (k > 0 && from < (ranges[k - 1] as [number, number])[1]) throw damaged("tensors overlap");
  return { tensors, metadata: metadata as Record<string, string> };
}

/** What has to agree before a state may be taken up. */
function identity({ layout, stateLayout, options }: Trainer): string {
  const parameters = layout.parameters.map(({ name, shape }) => `${name}[${shape.join(",")}]`).join(" ");
  const state = stateLayout.entries.map(({ name, shape }) => `${name}[${shape.join(",")}]`).join(" ");
  return `${layout.dtype} ${options.optimizer.name} ${parameters}${state && ` with state ${state}`}`;
}

const counters = {
  step: abi.trainerStep,
  epochLoss: abi.trainerEpochLoss,
  epochRows: abi.trainerEpochRows,
} as const;
const places = {
  epoch: abi.trainerEpoch,
  position: abi.trainerPosition,
  rows: abi.trainerRows,
  seedLow: abi.trainerSeedLow,
  seedHigh: abi.trainerSeedHigh,
} as const;

const scheduleTensor = "trainer.schedules";

/** The words of the schedules' records; they must be those of this trainer, state apart. */
function savedSchedules(trainer: Trainer, tensors: Record<string, NDArray>, described = ""): ArrayLike<number> {
  const { schedules } = trainer;
  const words = tensors[scheduleTensor]?.data ?? [];
  const wrong = described === schedules.describe() ? schedules.mismatch(words) : "the optimizer";
  if (wrong === null) return words;
  throw new RangeError(
    `restore: the file has another schedule for ${wrong}: got "${described}", expected "${schedules.describe()}", with ` +
      "equal parameters. Create the trainer as it was when it was saved.",
  );
}

/** The state of a trainer as a file. @internal */
export function saveCheckpoint(trainer: Trainer): Uint8Array {
  const tensors: Record<string, NDArray> = { ...trainer.parameters() };
  for (let k = 0; k < trainer.options.optimizer.states; k++)
    for (const [name, array] of Object.entries(trainer.moment(k))) tensors[`optimizer.${k}.${name}`] = array;
  for (const [name, array] of Object.entries(trainer.state())) tensors[`state.${name}`] = array;
  const metadata: Record<string, string> = { format: "thalweg", version, model: identity(trainer) };
  if (trainer.schedules.entries.length > 0) {
    const words = trainer.schedules.save(trainer.engine);
    tensors[scheduleTensor] = { data: words, shape: [words.length] };
    metadata.schedules = trainer.schedules.describe();
  }
  for (const [name, field] of Object.entries(counters)) metadata[name] = String(trainer.real(field));
  for (const [name, field] of Object.entries(places)) metadata[name] = String(trainer.get(field));
  return writeSafetensors(tensors, metadata);
}

/** Takes up a saved state; everything is checked before anything is written. @internal */
export function restoreCheckpoint(trainer: Trainer, file: Uint8Array): void {
  const { tensors, metadata } = readSafetensors(file);
  if (metadata.format !== "thalweg") throw damaged("this is not a checkpoint of a trainer");
  if (metadata.version !== version) throw damaged(`the file has version ${metadata.version}, expected ${version}`);
  if (metadata.model !== identity(trainer))
    throw new RangeError(
      `restore: the file is of another model or optimizer: got "${metadata.model}", expected "${identity(trainer)}". ` +
        "Create the trainer as it was when it was saved.",
    );
  const numbers = new Map<string, number>();
  for (const name of [...Object.keys(counters), ...Object.keys(places)]) {
    const value = Number(metadata[name]);
    const whole = name in places || name === "step";
    if (
      metadata[name] === undefined ||
      !Number.isFinite(value) ||
      (whole && (value < 0 || !Number.isSafeInteger(value)))
    )
      throw damaged(`${name} is ${metadata[name] ?? "missing"}`);
    numbers.set(name, value);
  }
  const names = trainer.layout.parameters.map(({ name }) => name);
  const states = trainer.stateLayout.entries.map(({ name }) => name);
  const pick = (prefix: string, names: readonly string[]): Record<string, NDArray> =>
    Object.fromEntries(
      names.map((name) => {
        const array = tensors[`${prefix}${name}`];
        if (!array || !isTypedArray(array.data)) throw damaged(`tensor "${prefix}${name}" is missing`);
        if (!Array.prototype.every.call(array.data, Number.isFinite))
          throw damaged(`tensor "${prefix}${name}" holds a number that is not finite`);
        return [name, array];
      }),
    );
  const parameters = pick("", names);
  const moments = Array.from({ length: trainer.options.optimizer.states }, (_, k) => pick(`optimizer.${k}.`, names));
  const state = pick("state.", states);
  const words = savedSchedules(trainer, tensors, metadata.schedules);
  trainer.setParameters(parameters);
  trainer.schedules.restore(trainer.engine, words);
  for (const [k, moment] of moments.entries()) trainer.setMoment(k, moment);
  trainer.setState(state);
  for (const [name, field] of Object.entries(counters)) trainer.setReal(field, numbers.get(name) as number);
  for (const [name, field] of Object.entries(places)) trainer.set(field, numbers.get(name) as number);
}
