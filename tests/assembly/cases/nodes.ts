// Nodes: equal ones are one, nothing of them is lost when the graph grows.

import {
  f32Type,
  f64Type,
  faultMemory,
  i32Type,
  opAdd,
  opConcatenate,
  opFill,
  opLeaf,
  opMultiply,
  opReshape,
  opSlice,
  opSum,
} from "../../../assembly/abi";
import { emit, stage, stageInput, stageReal, stageWord } from "../../../assembly/graph/emit";
import {
  bytesOf,
  closeGraph,
  elementsOf,
  extent,
  input,
  inputCount,
  nodeCount,
  opOf,
  rankOf,
  real,
  typeOf,
  word,
  wordCount,
} from "../../../assembly/graph/graph";
import { add, fill, multiply, reshapeLike, subtract, sum } from "../../../assembly/graph/vocabulary";
import { bytesInUse, limitPages } from "../../../assembly/memory/regions";
import { registerAlong } from "../../../assembly/ops/along";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerComparisons } from "../../../assembly/ops/comparison";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerProduct } from "../../../assembly/ops/product";
import { registerRandom } from "../../../assembly/ops/random";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { clearFault, faultCode, faultOperand, freshGraph, leafAt, stageExtents } from "../scenes/engine";

registerRandom();
registerSources();
registerMovement();
registerArithmetic();
registerComparisons();
registerReductions();
registerAlong();
registerProduct();
registerIndexing();

function emitFill(value: f64, type: i32, a: i32 = -1, b: i32 = -1): i32 {
  stage(opFill);
  stageReal(value);
  stageWord(type);
  stageExtents(a, b);
  return emit();
}

/** Concatenates `count` times the node. */
function joined(node: i32, count: i32): i32 {
  stage(opConcatenate);
  for (let k = 0; k < count; k++) stageInput(node);
  stageWord(0);
  return emit();
}

describe("a node", () => {
  it("says what it was emitted as", () => {
    freshGraph();
    const a = leafAt(64, f64Type, 2, 3);
    const b = fill(7, a);
    const y = sum(add(a, b), 2);
    expect(opOf(a)).toBe(opLeaf);
    expect(typeOf(a)).toBe(f64Type);
    expect(rankOf(a)).toBe(2);
    expect(extent(a, 0)).toBe(2);
    expect(extent(a, 1)).toBe(3);
    expect(elementsOf(a)).toBe(6);
    expect(bytesOf(a)).toBe(48);
    expect(inputCount(a)).toBe(0);
    expect(wordCount(a)).toBe(5);
    expect(word(a, 1)).toBe(64);
    expect(real(b, 0)).toBe(7);
    expect(rankOf(b)).toBe(0);
    expect(elementsOf(b)).toBe(1);
    expect(opOf(y)).toBe(opSum);
    expect(opOf(input(y))).toBe(opAdd);
    expect(input(input(y), 0)).toBe(a);
    expect(extent(y, 0)).toBe(2);
    expect(extent(y, 1)).toBe(1);
    expect(word(y, 0)).toBe(2);
  });
  it("is the earlier one if that has the same op, inputs, type, shape and words", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 4);
    const b = leafAt(16, f32Type, 4);
    const y = multiply(add(a, b), a);
    const nodes = nodeCount();
    expect(leafAt(0, f32Type, 4)).toBe(a);
    expect(multiply(add(a, b), a)).toBe(y);
    expect(reshapeLike(a, b)).toBe(a, "a reshape to its own shape");
    expect(nodeCount()).toBe(nodes);
  });
  it("is another one if anything differs", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 4);
    const b = leafAt(16, f32Type, 4);
    expect(leafAt(0, i32Type, 4)).not.toBe(a, "type");
    expect(leafAt(0, f32Type, 4, 1)).not.toBe(a, "rank");
    expect(leafAt(0, f32Type, 2, 2)).not.toBe(leafAt(0, f32Type, 4, 1), "extents");
    expect(add(a, b)).not.toBe(multiply(a, b), "op");
    expect(add(a, b)).not.toBe(add(b, a), "order of inputs");
    expect(subtract(a, b)).not.toBe(subtract(a, a), "inputs");
    expect(emitFill(0, f32Type)).not.toBe(emitFill(-0.0, f32Type), "the bits of a real word");
    expect(joined(a, 2)).not.toBe(joined(a, 3), "number of inputs");
  });
  it("is one though its value is NaN", () => {
    freshGraph();
    expect(emitFill(NaN, f32Type, 3)).toBe(emitFill(NaN, f32Type, 3));
  });
});

describe("the graph", () => {
  it("keeps 5,000 nodes as they were, and finds each of them again", () => {
    closeGraph();
    freshGraph();
    let wrong = 0;
    for (let n = 0; n < 5000; n++) if (leafAt(64 * n, f32Type, n % 50, 3) !== n) wrong++;
    expect(nodeCount()).toBe(5000);
    for (let n = 0; n < 5000; n++) {
      if (opOf(n) !== opLeaf || word(n, 1) !== 64 * n || extent(n, 0) !== n % 50 || extent(n, 1) !== 3) wrong++;
      if (elementsOf(n) !== <u32>(3 * (n % 50)) || leafAt(64 * n, f32Type, n % 50, 3) !== n) wrong++;
    }
    expect(nodeCount()).toBe(5000);
    expect(wrong).toBe(0);
  });
  it("grows too when inputs, extents and words fill their pool before the nodes do", () => {
    closeGraph();
    freshGraph();
    let wrong = 0;
    const a = leafAt(0, f32Type, 1);
    // 300 nodes of up to 128 inputs: 21,000 pool words, more than the first 1,024 nodes have.
    let last = a;
    for (let n = 0; n < 300; n++) {
      stage(opConcatenate);
      for (let k = 0; k < 128; k++) stageInput(k === 0 ? last : a);
      stageWord(0);
      const y = emit();
      stage(opSlice);
      stageInput(y);
      stageWord(n % 7);
      stageWord((n % 7) + 1);
      last = emit();
      if (y < 0 || last < 0) wrong++;
    }
    expect(nodeCount()).toBe(601);
    for (let n = 0; n < 300; n++) {
      const y = 1 + 2 * n;
      if (opOf(y) !== opConcatenate || inputCount(y) !== 128 || input(y, 0) !== (n === 0 ? a : y - 1)) wrong++;
      for (let k = 1; k < 128; k++) if (input(y, k) !== a) wrong++;
      if (input(y + 1) !== y || word(y + 1, 0) !== n % 7) wrong++;
    }
    expect(wrong).toBe(0);
  });
  it("is empty when it is opened again, and gives its memory back when it is closed", () => {
    closeGraph();
    const bytes = bytesInUse();
    freshGraph();
    const a = leafAt(0, f32Type, 2);
    freshGraph();
    expect(nodeCount()).toBe(0);
    expect(leafAt(64, f32Type, 2)).toBe(a, "the first number again");
    expect(word(a, 1)).toBe(64, "of another node");
    closeGraph();
    expect(nodeCount()).toBe(0);
    expect(bytesInUse()).toBe(bytes);
    closeGraph();
    expect(bytesInUse()).toBe(bytes);
  });
  it("refuses to grow beyond the memory limit and stays as it was", () => {
    closeGraph();
    freshGraph();
    limitPages(0);
    let last = 0;
    let emitted = 0;
    while (last >= 0 && emitted < 10000) {
      last = leafAt(64 * emitted, f32Type, 2);
      if (last >= 0) emitted++;
    }
    limitPages(65535);
    expect(emitted).toBe(1024);
    expect(nodeCount()).toBe(1024);
    expect(faultCode()).toBe(faultMemory);
    expect(faultOperand(0)).toBe(0);
    expect(faultOperand(1)).toBeGreaterThan(2048 * 20);
    clearFault();
    let wrong = 0;
    for (let n = 0; n < 1024; n++) if (word(n, 1) !== 64 * n) wrong++;
    expect(wrong).toBe(0);
    expect(leafAt(64 * emitted, f32Type, 2)).toBe(1024, "with memory it goes on");
    expect(faultCode()).toBe(0);
    closeGraph();
  });
});

describe("constants", () => {
  it("fold as they are emitted, in the type they have", () => {
    freshGraph();
    const y = add(emitFill(0.1, f32Type, 2, 2), emitFill(0.2, f32Type, 2, 2));
    expect(opOf(y)).toBe(opFill);
    expect(real(y, 0)).toBe(<f64>(<f32>0.1 + <f32>0.2));
    expect(rankOf(y)).toBe(2);
    const z = multiply(emitFill(0.1, f64Type), emitFill(0.3, f64Type, 3));
    expect(opOf(z)).toBe(opFill);
    expect(real(z, 0)).toBe(0.1 * 0.3);
    expect(extent(z, 0)).toBe(3);
    stage(opReshape);
    stageInput(y);
    stageExtents(4);
    const flat = emit();
    expect(opOf(flat)).toBe(opFill);
    expect(rankOf(flat)).toBe(1);
    expect(extent(flat, 0)).toBe(4);
    expect(opOf(multiply(flat, leafAt(0, f32Type, 4)))).toBe(opMultiply);
  });
});
