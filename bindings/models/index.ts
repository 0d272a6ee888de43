export { type LinearClassifierOptions, linearClassifier, type MlpOptions, mlp } from "./classifiers.js";
export { type FittedNeighbors, type NearestNeighborsOptions, nearestNeighbors } from "./nearestNeighbors.js";
