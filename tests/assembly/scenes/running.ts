// Programs of arguments, and what they write.

import { spaceArguments, spaceResults } from "../../../assembly/abi";
import { setBase } from "../../../assembly/memory/engine";
import { reserveFor, run } from "../../../assembly/program/run";
import { Output, outputBytes } from "../../../assembly/program/schedule";

/** Makes a node output k of the next plan. */
export function setRequest(outputs: usize, k: usize, node: i32, space: i32, offset: usize): void {
  const output = changetype<Output>(outputs + k * outputBytes);
  output.node = node;
  output.space = space;
  output.offset = <u32>offset;
  output.copy = 0;
}

/** Runs a program; its results are filled with 0xab before. */
export function runInto(results: usize, bytes: usize, program: usize, given: usize): void {
  reserveFor(program);
  memory.fill(results, 0xab, bytes);
  setBase(spaceArguments, given);
  setBase(spaceResults, results);
  run(program);
}
