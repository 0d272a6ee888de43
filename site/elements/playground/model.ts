// The model of a state and how it is trained, as parts that both the figure and its program use.

import { type FitMethod, type Layer, type Optimizer, type Penalty, sequential } from "thalweg";
import type { Values } from "../kit/controls.ts";
import { classCount, isClasses } from "./data.ts";
import { featureLayer, isPlain } from "./features.ts";
import { isMethod, methodPart, ownsWeights, rateOf, rulePart } from "./optimizers.ts";
import { builtOf, call, local, type Name, named, options, type Part } from "./parts.ts";

/** A hidden layer in the model: places of its linear part and of its outputs, and its number of units. */
interface Hidden {
  readonly linear: string;
  readonly output: string;
  readonly units: number;
}

export interface Plan {
  readonly features: readonly string[];
  readonly hidden: readonly Hidden[];
  /** Place of the last linear layer. */
  readonly last: string;
  /** Number of outputs. */
  readonly outputs: number;
  /** True if it sees x and y alone, so that its first layer cuts the plane by lines. */
  readonly isPlain: boolean;
  readonly isSigmoid: boolean;
  readonly parts: Readonly<Record<"loss" | "optimizer" | "metric", Part>> & { readonly layers: readonly Part[] };
  readonly penalty: Part | null;
  readonly method: Part | null;
}

export const maxLayers = 5;
export const maxUnits = 16;

/** Controls that decide model and training, all of which start anew when one changes. */
export const planKeys = [
  ...[
    "features",
    "layers",
    ...Array.from({ length: maxLayers }, (_, k) => `units${k + 1}`),
    "activation",
    "initializer",
  ],
  ...["norm", "dropout", "optimizer", "momentum", "schedule", "limit", "batch", "l1", "l2", "decay", "seed"],
  ...["stop", "patience", "target", "gap"],
];

const initializers: Readonly<Record<string, Part>> = {
  zeros: named("zerosInitializer"),
  small: call("normalInitializer", 0.01),
  normal: call("normalInitializer", 1),
  large: call("normalInitializer", 3),
  xavierNormal: named("xavierNormal"),
  xavierUniform: named("xavierUniform"),
  heNormal: named("heNormal"),
  heUniform: named("heUniform"),
  lecunNormal: named("lecunNormal"),
  orthogonal: call("orthogonalInitializer"),
};
export const initializerNames = Object.keys(initializers);

export const activationNames = ["relu", "tanh", "sigmoid", "leakyRelu", "elu", "selu", "gelu", "silu", "none"] as const;

/** The initializer that suits an activation. */
export const usualInitializer = ({ activation }: Values): string =>
  ["tanh", "sigmoid", "none"].includes(activation)
    ? "xavierNormal"
    : activation === "selu"
      ? "lecunNormal"
      : "heNormal";

/** Numbers of units of the hidden layers. */
const unitsOf = (values: Values): number[] =>
  Array.from({ length: values.layers }, (_, k) => values[`units${k + 1}`] as number);

/** The features that were chosen; x and y if there are none. */
const chosenFeatures = ({ features }: Values): readonly string[] => (features.length > 0 ? features : ["x", "y"]);

function layersOf(values: Values, outputs: number): { parts: Part[]; hidden: Hidden[]; last: string } {
  const features = chosenFeatures(values);
  const weight = initializers[values.initializer] as Part;
  const parts: Part[] = isPlain(features) ? [] : [local("features", featureLayer(features))];
  let inputs = features.length;
  const hidden = unitsOf(values).map((units): Hidden => {
    const place = String(parts.push(call("linear", inputs, units, options({ weight }))) - 1);
    if (values.norm) parts.push(call("batchNorm", units));
    if (values.activation !== "none") parts.push(call(values.activation as Name));
    const output = String(parts.length - 1);
    if (values.dropout > 0) parts.push(call("dropout", values.dropout));
    inputs = units;
    return { linear: place, output, units };
  });
  const last = String(parts.push(call("linear", inputs, outputs, options({ weight }))) - 1);
  return { parts, hidden, last };
}

/** A rate of a penalty from its control, whose lowest value is none. */
const strengthOf = (exponent: number): number => (exponent <= -6 ? 0 : rateOf(exponent));

function penaltyPart(values: Values): Part | null {
  const [magnitudes, squares] = [strengthOf(values.l1), strengthOf(values.l2)];
  // A line search needs a gradient everywhere; rules can set weights to exactly 0.
  const proximal = isMethod(values.optimizer) || ownsWeights(values) ? {} : { proximal: true };
  if (magnitudes === 0) return squares === 0 ? null : call("l2", squares);
  if (squares === 0) return call("l1", magnitudes, options(proximal));
  const beta = Number((squares / magnitudes).toPrecision(6));
  return call("elasticNet", magnitudes, options({ beta, ...proximal }));
}

export function planOf(values: Values): Plan {
  const classes = isClasses(values);
  const outputs = classes ? classCount(values) : 1;
  const { parts, hidden, last } = layersOf(values, outputs);
  const features = chosenFeatures(values);
  return {
    ...{ features, hidden, last, outputs, isPlain: isPlain(features), isSigmoid: values.activation === "sigmoid" },
    parts: {
      layers: parts,
      loss: call(classes ? "softmaxCrossEntropy" : "meanSquaredError"),
      optimizer: rulePart(values),
      metric: call(classes ? "accuracy" : "rSquared"),
    },
    penalty: penaltyPart(values),
    method: methodPart(values),
  };
}

/** The parts of a plan, made. */
export function madeOf({ parts, penalty, method }: Plan) {
  return {
    model: sequential(parts.layers.map(builtOf) as Layer[]),
    loss: builtOf(parts.loss) as never,
    optimizer: builtOf(parts.optimizer) as Optimizer,
    metric: builtOf(parts.metric) as never,
    ...(penalty ? { penalty: builtOf(penalty) as Penalty } : {}),
    method: method ? (builtOf(method) as FitMethod) : undefined,
  };
}
