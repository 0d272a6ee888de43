// The safetensors format: u64 length of the header, a JSON header, then the bytes of the tensors without gaps.

import { checkShape, elementCount, isTypedArray, type NDArray, plainArray, storageType } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { has, isRecord, shown, wrongKind } from "../values/options.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/**
 * Bytes of an element of each known type in a file. The order is that in which the reference writer of the format stores
 * tensors: wide types first, so that each is aligned to its own size.
 */
const widths = { I64: 8, F64: 8, F32: 4, I32: 4, BF16: 2, F16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 } as const;

/** Tensor as stored in a file. */
export interface FileTensor {
  /** One of the known types, or any other name: only who reads the numbers must know the type. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Maximum bytes of a header, as in the reference reader of the format. */
const headerLimit = 100_000_000;
const metadataKey = "__metadata__";
/** Names that no tensor of a file can have. */
export const reservedNames: readonly string[] = [metadataKey, "__proto__"];

/** Error for a file that is damaged or of another format. */
export function damaged(where: string, what: string): RangeError {
  const advice =
    where === "restore" ? "Use a file that save() of this version wrote." : "Use a whole safetensors file.";
  return new RangeError(`${where}: ${what}. ${advice}`);
}

/**
 * Writes named arrays and text metadata as one safetensors file: u64 header length, JSON header, the bytes of the
 * tensors. The bytes equal those of the reference writer of the format.
 *
 * @param tensors   typed arrays with their shapes, by name: f32, f64, i32 or u8
 * @param metadata  texts by name; default none
 * @returns         the bytes of the file
 * @throws TypeError   a tensor has no typed array, or metadata is not text
 * @throws ShapeError  the length of data differs from its shape
 * @throws RangeError  a tensor is named __metadata__ or __proto__, or names and metadata exceed 100 MB
 * @example
 * const file = writeSafetensors({ weight: { data: Float32Array.of(1, 2), shape: [2] } }, { made: "here" });
 * readSafetensors(file).metadata; // {"made":"here"}
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const where = "writeSafetensors";
  if (!isRecord(tensors)) throw wrongKind(where, "tensors", "arrays { data, shape } by name", tensors);
  if (!isRecord(metadata)) throw wrongKind(where, "metadata", "texts by name", metadata);
  for (const [name, text] of Object.entries(metadata))
    if (typeof text !== "string") throw wrongKind(where, `metadata "${name}"`, "text", text);
  const arrays = Object.entries(tensors).map(([name, tensor]) => {
    const { data, shape } = has(tensor) ? tensor : ({ data: tensor } as unknown as NDArray);
    if (reservedNames.includes(name)) throw new RangeError(`${where}: no tensor may be named "${name}". Rename it.`);
    if (!isTypedArray(data)) throw wrongKind(where, `data of "${name}"`, "a typed array", data);
    if (elementCount(checkShape(`${where}: "${name}"`, shape)) !== data.length)
      throw new ShapeError(
        `${where}: "${name}" has ${data.length} elements, but shape [${shape.join(", ")}] holds ${elementCount(shape)}.`,
      );
    return [name, { data, shape }] as const;
  });
  return fileOfArrays(where, arrays, metadata);
}

/** Writes a file of arrays that need no check. @internal */
export function fileOfArrays(
  where: string,
  arrays: readonly (readonly [name: string, array: NDArray])[],
  metadata: object,
): Uint8Array {
  const entries = arrays.map(([name, { data, shape }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { name, dtype: storageType(data).toUpperCase(), shape, bytes };
  });
  const rank = ({ dtype }: { dtype: string }): number => Object.keys(widths).indexOf(dtype);
  entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return fileOf(where, entries, metadata);
}

/** A tensor as it is written to a file. */
interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Writes a file of tensors in this order. @internal */
export function fileOf(where: string, entries: readonly Entry[], metadata: object): Uint8Array {
  let size = 0;
  // The JSON is written by hand, as an object would move names such as "0" to the front.
  const parts = entries.map(({ name, dtype, shape, bytes }) => {
    const from = size;
    size += bytes.length;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [from, size] })}`;
  });
  if (Object.keys(metadata).length > 0) parts.unshift(`"${metadataKey}":${JSON.stringify(metadata)}`);
  const text = encodeUtf8(`{${parts.join(",")}}`);
  const length = Math.ceil(text.length / 8) * 8;
  if (length > headerLimit)
    throw new RangeError(
      `${where}: names and metadata take ${length} bytes, expected at most ${headerLimit}. Shorten them.`,
    );
  const file = new Uint8Array(8 + length + size).fill(32, 8 + text.length, 8 + length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(text, 8);
  let at = 8 + length;
  for (const { bytes } of entries) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

/** Parses and checks a file for the function `where`: its metadata, and its tensors by name. @internal */
export function parseSafetensors(
  where: string,
  file: Uint8Array,
): { tensors: Map<string, FileTensor>; metadata: Record<string, string> } {
  const { header, bytes } = headerOf(where, file);
  const { [metadataKey]: metadata = {}, ...entries } = header;
  if (!isEntries(metadata)) throw damaged(where, "the metadata is not an object");
  for (const [name, text] of Object.entries(metadata))
    if (typeof text !== "string") throw damaged(where, `metadata "${name}" is ${shown(text)}, expected text`);
  const tensors = new Map<string, FileTensor>();
  const ranges: { name: string; from: number; to: number }[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, from, to } = described(where, name, entry);
    const width = (widths as Readonly<Record<string, number>>)[dtype];
    const wanted = width ? elementCount(shape) * width : Math.max(to - from, 0);
    if (to - from !== wanted || to > bytes.length)
      throw damaged(where, `tensor "${name}" takes bytes ${from} .. ${to}, expected ${wanted} within ${bytes.length}`);
    ranges.push({ name, from, to });
    tensors.set(name, { dtype, shape, bytes: bytes.subarray(from, to) });
  }
  checkRanges(where, ranges, bytes.length);
  return { tensors, metadata: metadata as Record<string, string> };
}

const isEntries = (value: unknown): value is Record<string, unknown> => isRecord(value) && !Array.isArray(value);

/** Parses the header, in which each name must occur once; returns it with the bytes that follow. */
function headerOf(where: string, given: Uint8Array): { header: Record<string, unknown>; bytes: Uint8Array } {
  if (!isTypedArray(given) || storageType(given) !== "u8")
    throw wrongKind(where, "the file", "a Uint8Array", given, "new Uint8Array(buffer)");
  const file = plainArray(given);
  if (file.length < 8) throw damaged(where, `the file is cut off: got ${file.length} bytes`);
  const length = new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(headerLimit, file.length - 8);
  if (length > BigInt(most))
    throw damaged(where, `the first 8 bytes say that the header has ${length} bytes, expected at most ${most}`);
  const end = 8 + Number(length);
  let text: string;
  let header: unknown;
  try {
    text = decodeUtf8(file.subarray(8, end));
    header = JSON.parse(text);
  } catch {
    throw damaged(where, "the header is not JSON");
  }
  if (!isEntries(header)) throw damaged(where, "the header is not an object");
  // Of two equal names JSON.parse keeps the last, but other readers may keep the first.
  let names = countNames(text);
  for (const [name, entry] of [["", header], ...Object.entries(header)] as const) {
    if (name === "__proto__") throw damaged(where, 'a tensor is named "__proto__"');
    if (isEntries(entry)) names -= Object.keys(entry).length;
  }
  if (names !== 0) throw damaged(where, "the header has a name twice, or names where none belong");
  return { header, bytes: file.subarray(end) };
}

/** Counts the names in a JSON text: one for each colon outside of strings. */
function countNames(json: string): number {
  let names = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '"') quoted = !quoted;
    else if (quoted && character === "\\") at++;
    else if (!quoted && character === ":") names++;
  }
  return names;
}

function described(where: string, name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets, ...more } = (isEntries(entry) ? entry : {}) as Record<string, unknown>;
  const wholes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (
    typeof dtype !== "string" ||
    !wholes(shape) ||
    !wholes(offsets) ||
    offsets.length !== 2 ||
    Object.keys(more).length > 0
  )
    throw damaged(where, `tensor "${name}" is described wrongly`);
  const [from, to] = offsets as [number, number];
  return { dtype, shape, from, to };
}

/** Checks that tensors are contiguous and fill the file. */
function checkRanges(where: string, ranges: { name: string; from: number; to: number }[], length: number): void {
  let end = 0;
  for (const { name, from, to } of ranges.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end)
      throw damaged(where, `tensors overlap: "${name}" begins at byte ${from}, the one before ends at ${end}`);
    if (from > end) throw damaged(where, `bytes ${end} .. ${from} belong to no tensor`);
    end = to;
  }
  if (end < length) throw damaged(where, `bytes ${end} .. ${length} belong to no tensor`);
}
