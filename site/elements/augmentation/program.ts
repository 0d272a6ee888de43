// The augmentation as a program, for edit and run.

import { pixelsShown, side } from "../pad/pictures.ts";
import type { State } from "./controls.ts";
import { batchOf, count, partsOf } from "./run.ts";

/** A picture as lines of its tones. */
function rowsOf(pixels: Float64Array): string {
  const rows = Array.from({ length: side }, (_, row) => {
    const tones = Array.from(pixels.subarray(side * row, side * (row + 1)), (pixel) => 2 * pixel);
    return `    "${tones.join("")}",`;
  });
  return `  [\n${rows.join("\n")}\n  ],`;
}

export function augmentationProgram(state: State): string {
  const parts = partsOf(state);
  const pictures = state.mix === "none" ? [pixelsShown(state)] : [...new Set(batchOf(state))];
  const makers = [...new Set(parts.map(({ maker }) => maker))];
  const imports = [...makers, ..."augment createEngine createTrainer linear meanSquaredError preview sgd".split(" ")];
  const ops = parts.length > 0 ? parts.map(({ code }) => `  ${code},`).join("\n") : "  (x) => x.add(0), // no change";
  return `import { ${imports.sort().join(", ")} } from "thalweg";
import { plotImages } from "thalweg/plot";

const engine = await createEngine();
const trainer = createTrainer(engine, {
  model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", seed: ${state.seed},
});
// Pictures: 0, 1 and 2 for ink of 0, ½ and 1.
const pictures = [
${pictures.map(rowsOf).join("\n")}
].map((rows) => rows.flatMap((row) => Array.from(row, (tone) => tone / 2)));

const augmentation = augment([
${ops}
]);
const batch = Array.from({ length: ${count} }, (_, k) => pictures[k % pictures.length]);
const samples = { inputs: { data: batch.flat(), shape: [${count}, ${side}, ${side}, 1] } };
const { inputs, share } = preview(trainer, samples, batch.map((_, k) => k), { augment: augmentation, step: ${state.update} });
const changed = batch.map((_, k) => inputs.data.slice(k * ${side ** 2}, (k + 1) * ${side ** 2}));
const changes = changed.map((x, k) => x.reduce((sum, value, at) => sum + Math.abs(value - batch[k][at]), 0) / x.length);
console.log("mean change", changes.reduce((sum, change) => sum + change) / ${count});
console.log("changes", changes.join(", "));
if (share) console.log("share", share.join(", "));
show(plotImages(changed, { shape: [${side}, ${side}], columns: 4 }));
`;
}
