export * from "./activations.js";
export type { Layer, Parameter, ParameterTensors, Parameters } from "./layer.js";
export { type LinearOptions, linear } from "./linear.js";
export { sequential } from "./sequential.js";
