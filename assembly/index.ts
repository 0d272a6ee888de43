// The whole engine: the training core and the solvers. A build without the solvers compiles core.ts alone.

export * from "./core";
export * from "./solvers";
