// The whole engine: the training core, what it leaves out, and the solvers. The build for browsers compiles core.ts alone.

export * from "./core";
export * from "./inspector";
export * from "./rarer";
export * from "./solvers";
