// Handwritten digits, fetched once a page: scripts/digits.mjs makes the file.

import type { Samples } from "thalweg";

const pixels = 28 * 28;
const counts = { train: 2000, test: 500 };

/** Mean and deviation of the training pixels, in four digits, for the trainer's option of that name. */
export const standardize = { mean: 33.59, deviation: 78.85 } as const;

export interface Digits {
  /** 2,000 digits to train on, 200 of each class, and 500 others, 50 of each. Inputs are bytes [count, 784], 0 is paper. */
  readonly train: DigitSamples;
  readonly test: DigitSamples;
}

export interface DigitSamples extends Samples {
  readonly inputs: { readonly data: Uint8Array; readonly shape: readonly number[] };
  readonly targets: Int32Array;
}

/** Address of the file. */
export const digitsAddress = (): string => new URL(`${import.meta.env.BASE_URL}data/digits.bin`, location.href).href;

let fetched: Promise<Digits> | null = null;

/** The page's digits; a failed fetch is repeated with the next call. */
export function pageDigits(): Promise<Digits> {
  fetched ??= fetchDigits().catch((error) => {
    fetched = null;
    throw error;
  });
  return fetched;
}

async function fetchDigits(): Promise<Digits> {
  const response = await fetch(digitsAddress());
  if (!response.ok) throw new Error(`digits: got status ${response.status}, expected a file.`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const size = (counts.train + counts.test) * (pixels + 1);
  if (bytes.length !== size) throw new RangeError(`digits: got ${bytes.length} bytes, expected ${size}.`);
  const split = counts.train * (pixels + 1);
  return {
    train: samplesOf(bytes.subarray(0, split), counts.train),
    test: samplesOf(bytes.subarray(split), counts.test),
  };
}

const samplesOf = (bytes: Uint8Array, count: number): DigitSamples => ({
  inputs: { data: bytes.subarray(0, count * pixels), shape: [count, pixels] },
  targets: Int32Array.from(bytes.subarray(count * pixels)),
});

/** Lines of a program that read the digits: they declare `train`, `test` and `standardize`. */
export const digitsProgram =
  (): string => `// ${counts.train} digits to train on and ${counts.test} others: images of 784 bytes, then their labels.
const bytes = new Uint8Array(await (await fetch("${digitsAddress()}")).arrayBuffer());
const digits = (from, count) => ({
  inputs: { data: bytes.subarray(from, from + 784 * count), shape: [count, 784] },
  targets: Int32Array.from(bytes.subarray(from + 784 * count, from + 785 * count)),
});
const [train, test] = [digits(0, ${counts.train}), digits(785 * ${counts.train}, ${counts.test})];
const standardize = { mean: ${standardize.mean}, deviation: ${standardize.deviation} };
`;
