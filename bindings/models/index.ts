export { type LinearClassifierOptions, linearClassifier, type MlpOptions, mlp } from "./classifiers.js";
export { type FittedNeighbours, type NearestNeighboursOptions, nearestNeighbours } from "./nearestNeighbours.js";
