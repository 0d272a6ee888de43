// Reading safetensors files of other programs, whose types need not have a typed array.

import { isTypedArray, type NDArray, type TypedArray } from "../values/arrays.js";
import { damaged, type FileTensor, parseSafetensors } from "./safetensors.js";

/** Contents of a safetensors file: arrays by name, and metadata as texts by name. */
export interface SafetensorsFile {
  /** Arrays by name. */
  tensors: Record<string, NDArray>;
  /** Texts by name. */
  metadata: Record<string, string>;
}

/** Upper halves of f32 numbers as such. */
function fromBF16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let k = 0; k < bits.length; k++) words[k] = (bits[k] as number) << 16;
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits; every number is exact in f32. */
function fromF16(bits: Uint16Array): Float32Array {
  // By sign and exponent: the unit of the fraction, to which 1024 units are added unless the exponent is 0.
  const units = Float64Array.from({ length: 64 }, (_, k) => (k & 32 ? -1 : 1) * 2 ** (Math.max(k & 31, 1) - 25));
  const numbers = new Float32Array(bits.length);
  for (let k = 0; k < bits.length; k++) {
    const half = bits[k] as number;
    const exponent = (half >>> 10) & 31;
    const fraction = half & 1023;
    const unit = units[half >>> 10] as number;
    if (exponent === 31) numbers[k] = fraction ? Number.NaN : unit * Number.POSITIVE_INFINITY;
    else numbers[k] = (exponent ? fraction + 1024 : fraction) * unit;
  }
  return numbers;
}

/** Integers of 64 bits, low words first, below 2⁵³ in magnitude. */
function fromI64(where: string, name: string, words: Uint32Array): Float64Array {
  const numbers = new Float64Array(words.length / 2);
  for (let k = 0; k < numbers.length; k++) {
    const number = ((words[2 * k + 1] as number) | 0) * 2 ** 32 + (words[2 * k] as number);
    if (!Number.isSafeInteger(number)) throw damaged(where, `tensor "${name}" holds whole numbers beyond ±2⁵³`);
    numbers[k] = number;
  }
  return numbers;
}

/** Arrays of the bits of each type, low words first. */
const views = {
  I64: Uint32Array,
  F64: Float64Array,
  F32: Float32Array,
  I32: Int32Array,
  BF16: Uint16Array,
  F16: Uint16Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};

/**
 * Returns the numbers of a tensor, in an array type that represents each exactly. @internal
 * @throws RangeError  its type has no such array type, or it holds integers beyond ±2⁵³
 */
export function numbersOf(where: string, name: string, { dtype, bytes }: FileTensor): TypedArray {
  if (!Object.hasOwn(views, dtype))
    throw new RangeError(
      `${where}: tensor "${name}" has type "${dtype}", expected one of ${Object.keys(views).join(", ")}. Convert it before.`,
    );
  const data = new views[dtype as keyof typeof views](bytes.slice().buffer);
  if (dtype === "I64") return fromI64(where, name, data as Uint32Array);
  if (dtype === "F16") return fromF16(data as Uint16Array);
  if (dtype === "BF16") return fromBF16(data as Uint16Array);
  return isTypedArray(data) ? data : Int32Array.from(data);
}

/**
 * Reads a safetensors file. Files may come from untrusted sources: every length, range and name is checked. Types without
 * a typed array are converted to one that represents them exactly: F16 and BF16 to f32, I64 to f64, I8, I16 and U16 to
 * i32, BOOL to u8. A tensor of another type (U32, U64, F8_E4M3, F8_E5M2, C64), or of integers beyond ±2⁵³, throws when it is
 * taken from `tensors`; the others can be read.
 *
 * @param file  the bytes of the file
 * @throws TypeError   file is not a Uint8Array
 * @throws RangeError  the file is damaged
 * @example
 * const file = writeSafetensors({ weight: { data: Float32Array.of(1, 2), shape: [2] } });
 * readSafetensors(file).tensors.weight.shape; // [2]
 */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const where = "readSafetensors";
  const { tensors, metadata } = parseSafetensors(where, file);
  const arrays: Record<string, NDArray> = {};
  for (const [name, tensor] of tensors) {
    try {
      arrays[name] = { data: numbersOf(where, name, tensor), shape: tensor.shape };
    } catch (error) {
      const get = (): never => {
        throw error;
      };
      Object.defineProperty(arrays, name, { enumerable: true, get });
    }
  }
  return { tensors: arrays, metadata };
}
