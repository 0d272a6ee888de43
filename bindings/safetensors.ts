// The safetensors format: u64 length of the header, a JSON header, then the bytes of the tensors.

import { arrayTypes, elementCount, type NDArray, type TypedArray } from "./arrays.js";

const typeNames = { F32: "f32", F64: "f64", I32: "i32", U8: "u8" } as const;
type FileType = keyof typeof typeNames;
const headerLimit = 100_000_000;

interface Entry {
  readonly dtype: FileType;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The error for a damaged or foreign file. */
export function damaged(what: string): RangeError {
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
  if (metadata === null || typeof metadata !== "object") throw damaged("the metadata is not an object");
  const tensors: Record<string, NDArray> = {};
  const ranges: [number, number][] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Entry;
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
