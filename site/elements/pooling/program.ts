// The pooling as a program, for edit and run.

import { pixelsShown, side } from "../pad/pictures.ts";
import { outputSide, type State } from "./controls.ts";

/** Text of the layer of a state, and its maker. */
function callOf({ kind, window, stride, out, regions, overlapping }: State): readonly [maker: string, call: string] {
  const windowed = `(${window}, { stride: ${stride} })`;
  const fractional = `(${window}, { outputSize: ${out}, draw: "batch", regions: "${regions}", overlapping: ${overlapping} })`;
  const calls: Readonly<Record<string, readonly [string, string]>> = {
    max: ["maxPool2d", windowed],
    average: ["avgPool2d", windowed],
    fractional: ["fractionalMaxPool2d", fractional],
    adaptiveMax: ["adaptiveMaxPool2d", `(${out})`],
    adaptiveAverage: ["adaptiveAvgPool2d", `(${out})`],
  };
  const [maker, options] = calls[kind] as readonly [string, string];
  return [maker, maker + options];
}

export function poolingProgram(state: State): string {
  const rows = Array.from({ length: side }, (_, row) => {
    const tones = Array.from(pixelsShown(state).subarray(side * row, side * (row + 1)), (pixel) => 2 * pixel);
    return `  "${tones.join("")}",`;
  });
  const [out, at] = [outputSide(state), Math.floor(state.at)];
  const [maker, call] = callOf(state);
  const isRandom = state.kind === "fractional";
  const imports = isRandom
    ? ["augment", "createEngine", "createTrainer", maker, "linear", "meanSquaredError", "preview", "sgd"]
    : ["applyLayer", "compile", "createEngine", maker].sort();
  const run = isRandom
    ? `// Windows are drawn anew in every update of training; here for one update of a trainer.
const trainer = createTrainer(engine, {
  model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", seed: 1,
});
const { data, shape } = preview(trainer, { inputs: x }, [0], { augment: augment([layer]), step: ${state.draw} }).inputs;`
    : `const { data, shape } = compile(engine, (x) => applyLayer(layer, {}, x).output)(x);`;
  return `import { ${imports.join(", ")} } from "thalweg";
import { plotImages } from "thalweg/plot";

const engine = await createEngine();
// The picture: 0, 1 and 2 for ink of 0, ½ and 1.
const picture = [
${rows.join("\n")}
];
const x = { data: picture.flatMap((row) => Array.from(row, (tone) => tone / 2)), shape: [1, ${side}, ${side}, 1] };
const layer = ${call};
${run}
console.log("shape", shape.join(" × "));
console.log("row ${Math.floor(at / out) + 1}, column ${(at % out) + 1}:", data[${at}]);
console.log("sum", data.reduce((sum, value) => sum + value));
show(plotImages([data], { shape: [${out}, ${out}] }));
`;
}
