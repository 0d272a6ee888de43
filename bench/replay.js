// The engine's core without the copies that JavaScript makes around it: the call is made once through the public API,
// the arguments that reach the core are noted down, and from then on the core is called with them directly.

import { readFileSync } from "node:fs";

/**
 * The arguments with which `call` reaches function `name` of the core.
 *
 * @param {import("../dist/node.js").Engine} engine
 * @param {string} name
 * @param {() => unknown} call
 * @returns {number[]}
 */
export function capture(engine, name, call) {
  const { core } = engine;
  let captured = null;
  const recorder = (...values) => {
    captured ??= values;
    return core[name](...values);
  };
  engine.core = Object.create(core, { [name]: { value: recorder } });
  try {
    call();
  } finally {
    engine.core = core;
  }
  if (!captured) throw new Error(`replay: the call does not reach ${name} of the core.`);
  return captured;
}

/** A function that runs the program of a compiled call again, on the arguments that lie in wasm memory. */
export function replay(engine, call) {
  const { core } = engine;
  const [program, argumentBlock, resultBlock] = capture(engine, "run", call);
  const run = () => core.run(program, argumentBlock, resultBlock);
  return Object.assign(run, { call }); // the program lives as long as the function that compiled it
}

/**
 * Where the columns of a data set are listed, how many they are, and the block into which `call` gathers their rows.
 *
 * @param {import("../dist/node.js").Engine} engine
 * @param {() => unknown} call
 * @returns {[columns: number, count: number, block: number]}
 */
export function gathered(engine, call) {
  const [record] = capture(engine, "gatherRun", call);
  const numbers = readFileSync(new URL("../assembly/abi.ts", import.meta.url), "utf8");
  return ["Columns", "ColumnCount", "Arguments"].map((field) => {
    const offset = Number(new RegExp(`trainer${field} = (\\d+)`).exec(numbers)?.[1]);
    return engine.ints[(record + offset) >>> 2];
  });
}
