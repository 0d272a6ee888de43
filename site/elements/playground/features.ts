// The features that a model sees of a point: a layer without parameters, which the program shows as well.

import { concatenate, type Layer, type Tensor } from "thalweg";

type Feature = readonly [sign: string, of: (x: Tensor, y: Tensor) => Tensor, text: string];

/** Features by name: sign in the drawing, function of the columns x and y, and its text. */
const features: Readonly<Record<string, Feature>> = {
  x: ["x", (x) => x, "x"],
  y: ["y", (_, y) => y, "y"],
  xx: ["x²", (x) => x.square(), "x.square()"],
  yy: ["y²", (_, y) => y.square(), "y.square()"],
  xy: ["x·y", (x, y) => x.multiply(y), "x.multiply(y)"],
  sinX: ["sin x", (x) => x.sin(), "x.sin()"],
  sinY: ["sin y", (_, y) => y.sin(), "y.sin()"],
};

export const featureNames = Object.keys(features);
export const signOf = (name: string): string => (features[name] as Feature)[0];

/** True if the model sees the point itself, so that its first layer cuts the plane by lines. */
export const isPlain = (names: readonly string[]): boolean => names.join() === "x,y";

export function featureLayer(names: readonly string[]): Layer {
  return {
    name: "features",
    parameters: {},
    apply(_, points) {
      const [x, y] = [0, 1].map((axis) => points.slice(1, axis, axis + 1)) as [Tensor, Tensor];
      return concatenate(
        names.map((name) => (features[name] as Feature)[1](x, y)),
        1,
      );
    },
  };
}

/** Lines of a program that declare the layer. */
export const featureText = (names: readonly string[]): string => `const features = {
  name: "features",
  parameters: {},
  apply(_, points) {
    const [x, y] = [points.slice(1, 0, 1), points.slice(1, 1, 2)];
    return concatenate([${names.map((name) => (features[name] as Feature)[2]).join(", ")}], 1);
  },
};
`;
