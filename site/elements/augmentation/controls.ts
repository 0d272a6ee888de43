// Controls of the augmentation, in the order of the form: an amount of 0 leaves its op out.

import type { StateOf, Values } from "../kit/controls.ts";
import { padControls } from "../pad/pictures.ts";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const off = { shift: 0, angle: 0 };
const presets = {
  usual: { picture: "digit", shift: 3, angle: 15 },
  flip: { ...off, picture: "digit", flip: 0.5 },
  much: { picture: "digit", shift: 8, angle: 90, noise: 0.5 },
  light: { ...off, picture: "square", brightness: 0.8 },
  erase: { ...off, picture: "face", erase: 1 },
  noise: { ...off, picture: "letter", noise: 0.2 },
  mixUp: { ...off, picture: "face", mix: "mixUp" },
  cutMix: { ...off, picture: "face", mix: "cutMix" },
};

export const controls = {
  again: { kind: "button", place: "bar" },
  presets: { kind: "presets", place: "top", options: presets },
  ...padControls,
  shift: { kind: "range", place: "top", min: 0, max: 8, step: 1, value: 3 },
  angle: { kind: "range", place: "top", min: 0, max: 90, step: 5, value: 15, show: (value: number) => `${value}°` },
  zoom: { kind: "range", min: 0, max: 0.6, step: 0.05, value: 0, show: percent },
  flip: { kind: "range", min: 0, max: 1, step: 0.05, value: 0, show: percent },
  brightness: { kind: "range", min: 0, max: 1, step: 0.05, value: 0, show: percent },
  erase: { kind: "range", min: 0, max: 1, step: 0.05, value: 0, show: percent },
  noise: { kind: "range", min: 0, max: 0.5, step: 0.02, value: 0, show: (value: number) => value.toFixed(2) },
  mix: { kind: "choice", options: ["none", "mixUp", "cutMix"], value: "none" as string },
  alpha: { kind: "range", min: 0.1, max: 2, step: 0.1, value: 1, when: ({ mix }: Values) => mix !== "none" },
  update: { kind: "number", min: 0, max: 9999, step: 1, value: 0 as number },
  seed: { kind: "number", min: 0, max: 9999, step: 1, value: 1 as number },
} as const;

export type State = StateOf<typeof controls>;
