// Broadcasting of two and three inputs against the rule in a few lines: aligned from the right, extents are equal or 1.

import { f32Type, faultShapes, opAdd, opBroadcastTo, opWhere } from "../../../assembly/abi";
import { emit, stage, stageInput } from "../../../assembly/graph/emit";
import { extent, input, nodeCount, opOf, rankOf } from "../../../assembly/graph/graph";
import { clearFault, expectFault, faultCode, faultOperand, freshGraph, leafAt } from "../scenes/engine";

const EXTENTS = memory.data<i32>([1, 2, 3, 0]);

function extentOr1(node: i32, fromRight: i32): i32 {
  return fromRight < rankOf(node) ? extent(node, rankOf(node) - 1 - fromRight) : 1;
}

/** The common extent, or -1 if there is none. */
function common(a: i32, b: i32): i32 {
  return a === b || b === 1 ? a : a === 1 ? b : -1;
}

/** True if two nodes broadcast together. */
function together(a: i32, b: i32): bool {
  for (let k = 0; k < 4; k++) if (common(extentOr1(a, k), extentOr1(b, k)) < 0) return false;
  return true;
}

function wrongInput(y: i32, k: i32, original: i32): bool {
  const a = input(y, k);
  if (rankOf(a) !== rankOf(y)) return true;
  for (let axis = 0; axis < rankOf(y); axis++) if (extent(a, axis) !== extent(y, axis)) return true;
  return a !== original && (opOf(a) !== opBroadcastTo || input(a) !== original);
}

function pseudoRandomLeaf(s: u32, at: u32): i32 {
  const rank = (s >> 29) & 3;
  const a = load<i32>(EXTENTS + 4 * ((s >> 8) & 3));
  const b = load<i32>(EXTENTS + 4 * ((s >> 11) % 3));
  const c = load<i32>(EXTENTS + 4 * ((s >> 15) % 3));
  if (rank === 0) return leafAt(at, f32Type);
  if (rank === 1) return leafAt(at, f32Type, a);
  if (rank === 2) return leafAt(at, f32Type, a, b);
  return leafAt(at, f32Type, a, b, c);
}

/** Wrong answers over `count` pseudo-random shapes of two or three inputs. */
function wrongShapes(op: i32, inputs: i32, count: i32): i32 {
  let s: u32 = 99;
  let wrong = 0;
  for (let round = 0; round < count; round++) {
    if ((round & 63) === 0) freshGraph();
    s = s * 1664525 + 1013904223;
    const a = pseudoRandomLeaf(s, 0);
    s = s * 1664525 + 1013904223;
    const b = pseudoRandomLeaf(s, 64);
    s = s * 1664525 + 1013904223;
    const c = inputs > 2 ? pseudoRandomLeaf(s, 128) : b;
    const rank = max(rankOf(a), max(rankOf(b), rankOf(c)));
    let fits = true;
    for (let k = 0; k < rank; k++) {
      const two = common(extentOr1(a, k), extentOr1(b, k));
      if (two < 0 || common(two, extentOr1(c, k)) < 0) fits = false;
    }
    stage(op);
    stageInput(a);
    stageInput(b);
    if (inputs > 2) stageInput(c);
    const y = emit();
    if (!fits) {
      if (y !== -1 || faultCode() !== faultShapes || faultOperand(0) !== op) wrong++;
      const first = faultOperand(1);
      const second = faultOperand(2);
      if ((first !== a && first !== b && first !== c) || (second !== a && second !== b && second !== c)) wrong++;
      else if (together(first, second)) wrong++;
      clearFault();
      continue;
    }
    if (y < 0 || opOf(y) !== op || rankOf(y) !== rank) {
      wrong++;
      continue;
    }
    for (let k = 0; k < rank; k++) {
      const two = common(extentOr1(a, k), extentOr1(b, k));
      if (extentOr1(y, k) !== common(two, extentOr1(c, k))) wrong++;
    }
    if (wrongInput(y, 0, a) || wrongInput(y, 1, b) || (inputs > 2 && wrongInput(y, 2, c))) wrong++;
  }
  return wrong;
}

describe("broadcasting", () => {
  it("answers the common shape of two inputs, or names the two", () => expect(wrongShapes(opAdd, 2, 2000)).toBe(0));
  it("answers the common shape of three inputs, or names two that do not fit", () =>
    expect(wrongShapes(opWhere, 3, 4000)).toBe(0));
  it("names the two of three inputs that do not fit, though the first two do", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 3, 1);
    const b = leafAt(64, f32Type, 1, 4);
    const c = leafAt(128, f32Type, 5, 4);
    stage(opWhere);
    stageInput(a);
    stageInput(b);
    stageInput(c);
    expect(emit()).toBe(-1);
    expectFault(faultShapes, opWhere, a, c);
  });
  it("adds no node where the shapes are equal", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 3, 2);
    const b = leafAt(64, f32Type, 3, 2);
    stage(opAdd);
    stageInput(a);
    stageInput(b);
    expect(emit()).toBe(2);
    expect(nodeCount()).toBe(3);
  });
});
