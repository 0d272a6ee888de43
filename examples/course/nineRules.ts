// The three functions and the nine rules of the course's comparison, with its settings.

import { adadelta, adagrad, adam, adamax, nadam, type Optimizer, rmsprop, sgd, type Tensor } from "thalweg";
import { beale, misprintedBeale, type TestFunction } from "thalweg/minimizers";
import { coordinates, type Objective } from "./point.js";

/** A function of two numbers as one of a point. */
const ofPoint =
  ({ f }: TestFunction): Objective =>
  (point) => {
    const [x, y] = coordinates(point) as [Tensor, Tensor];
    return f({ x, y });
  };

/** The functions: as the course prints it, as Beale wrote it, and a bowl; and which of two settings they take. */
export const objectives: Record<string, { f: Objective; start: number[]; setting: 0 | 1 }> = {
  "as printed": { f: ofPoint(misprintedBeale), start: [1.75, 1.9], setting: 0 },
  Beale: { f: ofPoint(beale), start: [1.75, 1.9], setting: 0 },
  bowl: { f: (x) => x.square().multiply([1, 0.1, 2]).sum(), start: [-2, -2, -2], setting: 1 },
};

const inside = { epsilon: 1e-6, epsilonPlacement: "inside" } as const;
const momentum = { momentum: 0.9, convention: "lecture" } as const;

/** Every rule with the setting of the first two functions, then with that of the bowl. */
export const rules: Record<string, [Optimizer, Optimizer]> = {
  descent: [sgd({ learningRate: 0.002 }), sgd({ learningRate: 0.1 })],
  momentum: [sgd({ learningRate: 0.001, ...momentum }), sgd({ learningRate: 0.01, ...momentum })],
  Nesterov: [
    sgd({ learningRate: 0.0005, nesterov: true, ...momentum }),
    sgd({ learningRate: 0.01, nesterov: true, ...momentum }),
  ],
  AdaGrad: [adagrad({ learningRate: 0.5, ...inside }), adagrad({ learningRate: 0.5, ...inside })],
  Adadelta: [adadelta({ rho: 0.9, epsilon: 1e-6 }), adadelta({ rho: 0.9, epsilon: 1e-5 })],
  RMSprop: [
    rmsprop({ learningRate: 0.01, rho: 0.9, epsilon: 1e-8, epsilonPlacement: "inside" }),
    rmsprop({ learningRate: 0.01, rho: 0.9, epsilon: 1e-8, epsilonPlacement: "inside" }),
  ],
  Adam: [adam({ learningRate: 0.01, beta2: 0.97, ...inside }), adam({ learningRate: 0.1, beta2: 0.999, ...inside })],
  AdaMax: [adamax({ learningRate: 0.5, convention: "lecture" }), adamax({ learningRate: 0.1, convention: "lecture" })],
  Nadam: [
    nadam({ learningRate: 0.3, nadam: "lecture", epsilon: 1e-6 }),
    nadam({ learningRate: 0.3, nadam: "lecture", epsilon: 1e-6 }),
  ],
};
