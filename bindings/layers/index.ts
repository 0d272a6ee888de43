export * from "./activations.js";
export type { Layer, Parameter, Parameters, ParameterTensors } from "./layer.js";
export { type LinearOptions, linear } from "./linear.js";
export { sequential } from "./sequential.js";
