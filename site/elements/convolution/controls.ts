// Controls of the convolution, in the order of the form.

import type { StateOf, Values } from "../kit/controls.ts";
import { padControls, side } from "../pad/pictures.ts";
import { filterNames, filterText, isKernel } from "./kernels.ts";

/** Extent of the result along an axis: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1. */
export const outputSide = ({ size, stride, padding, dilation }: Values): number =>
  Math.floor((side + 2 * padding - dilation * (Number(size) - 1) - 1) / stride) + 1;

const presets = {
  edges: { picture: "square", filter: "sobelX" },
  turned: { picture: "dot", filter: "sobelX", size: "5", padding: 2 },
  constant: { picture: "stripes", filter: "sobelY" },
  smooth: { picture: "face", filter: "gaussian", size: "5", padding: 2 },
  halved: { picture: "letter", filter: "blur", stride: 2 },
  dilated: { picture: "digit", filter: "laplace", dilation: 3, padding: 3 },
};

export const controls = {
  play: { kind: "button", place: "bar" },
  next: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  ...padControls,
  filter: { kind: "choice", place: "top", options: filterNames, value: "sobelX", resets: ["weights"] },
  size: { kind: "choice", options: ["3", "5"], value: "3", resets: ["weights", "at", "padding"] },
  weights: {
    kind: "formula",
    value: ({ filter, size }: Values) => filterText(filter, size),
    check: (text: string) => (isKernel(text) ? null : { key: "weights", values: {} }),
    when: () => false,
  },
  stride: { kind: "range", min: 1, max: 4, step: 1, value: 1, resets: ["at"] },
  padding: {
    kind: "range",
    min: 0,
    max: 4,
    step: 1,
    value: ({ size }: Values) => (size === "5" ? 2 : 1),
    resets: ["at"],
  },
  dilation: { kind: "range", min: 1, max: 4, step: 1, value: 1, resets: ["at"] },
  at: {
    kind: "range",
    place: "bar",
    min: 0,
    step: 1,
    show: (value: number) => String(Math.floor(value)),
    max: (values: Values) => outputSide(values) ** 2 - 1,
    value: (values: Values) => {
      const out = outputSide(values);
      return Math.floor(out / 2) * out + Math.floor(0.55 * out);
    },
  },
} as const;

export type State = StateOf<typeof controls>;
