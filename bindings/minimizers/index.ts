// The entry thalweg/minimizers: what the root has of this room, searches by steps, and test functions.

export { compileObjective } from "./compileObjective.js";
export { createSearch, type MinimizerSearch, type SearchOptions, type SearchTrace } from "./createSearch.js";
export * from "./root.js";
export {
  beale,
  booth,
  bowl3d,
  himmelblau,
  matyas,
  misprintedBeale,
  type PlaneTensors,
  quadratic,
  rastrigin,
  rosenbrock,
  type SpaceTensors,
  saddle,
  sixHumpCamel,
  styblinskiTang,
  type TestFunction,
} from "./testFunctions.js";
export type { SearchTrials } from "./trials.js";
