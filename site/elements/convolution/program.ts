// The convolution as a program, for edit and run.

import { pixelsShown, side } from "../pad/pictures.ts";
import type { State } from "./controls.ts";
import { outputSide } from "./controls.ts";

export function convolutionProgram(state: State): string {
  const { size, weights, stride, padding, dilation } = state;
  const rows = Array.from({ length: side }, (_, row) => {
    const tones = Array.from(pixelsShown(state).subarray(side * row, side * (row + 1)), (pixel) => 2 * pixel);
    return `  "${tones.join("")}",`;
  });
  const out = outputSide(state);
  const at = Math.floor(state.at);
  return `import { applyLayer, compile, conv2d, createEngine } from "thalweg";
import { plotImages } from "thalweg/plot";

const engine = await createEngine();
// The picture: 0, 1 and 2 for ink of 0, ½ and 1.
const picture = [
${rows.join("\n")}
];
const x = { data: picture.flatMap((row) => Array.from(row, (tone) => tone / 2)), shape: [1, ${side}, ${side}, 1] };
const weight = { data: [${weights.replaceAll(",", ", ")}], shape: [${size}, ${size}, 1, 1] };

const layer = conv2d(1, 1, ${size}, { stride: ${stride}, padding: ${padding}, dilation: ${dilation}, bias: false });
const convolve = compile(engine, ({ x, weight }) => applyLayer(layer, { weight }, x).output);
const { data, shape } = convolve({ x, weight });
console.log("shape", shape.join(" × "));
console.log("row ${Math.floor(at / out) + 1}, column ${(at % out) + 1}:", data[${at}]);
console.log("from", Math.min(...data), "to", Math.max(...data));
show(plotImages([data], { shape: [${out}, ${out}] }));
`;
}
