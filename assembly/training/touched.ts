// The sum of squares of a gradient that is 0 in all rows of some tables but those that the step touched. The parts that are
// skipped add +0 in the tree of kernels/sum, which changes no partial sum: the bits are those of the dense sum.

import { f32Type, matrixBytes, ruleAdamRows, ruleSgdRows } from "../abi";
import { nextBit } from "../kernels/bits";
import { BLOCK, leftOf, Square, sumOfSquares } from "../kernels/sum";
import { squaresEntry } from "../memory/engine";
import { Matrix } from "../optimizers/sweep";
import { Group, groupAt, Trainer } from "./trainer";

// The range of elements that may not be 0, and its place: group, matrix of the group, bit.
let start: u32 = 0;
let end: u32 = 0;
let group: u32 = 0;
let matrix: u32 = 0;
let bit: u32 = 0;

function isSparse(group: Group): bool {
  return group.rule === ruleSgdRows || group.rule === ruleAdamRows;
}

/** Goes on to the next range; behind the last one the range is behind all elements. */
function goOn(trainer: Trainer): void {
  for (; group < trainer.groupCount; group++, matrix = 0, bit = 0) {
    const own = groupAt(trainer, group);
    if (!isSparse(own)) {
      start = own.offset;
      end = start + own.elements;
      group++;
      return;
    }
    for (; matrix < own.matrixCount; matrix++, bit = 0) {
      const table = changetype<Matrix>(<usize>own.matrices + matrix * matrixBytes);
      const first = own.offset + table.offset;
      const stop = first + table.rows;
      const found = nextBit(trainer.touched, max(bit, first), stop);
      if (found === stop) continue;
      bit = found + 1;
      start = first + (found - first) * table.columns;
      end = start + table.columns;
      return;
    }
  }
  start = end = u32.MAX_VALUE;
}

/** Returns the sum of squares of elements `first` .. `first` + `count` of x, by the tree. */
function tree<T>(trainer: Trainer, x: usize, first: u32, count: u32): f64 {
  const stop = first + count;
  while (end <= first) goOn(trainer);
  if (start >= stop) return 0;
  if (start <= first && end >= stop) return sumOfSquares<T>(x + <usize>first * sizeof<T>(), count);
  if (count > <u32>BLOCK) {
    const left = <u32>leftOf(count);
    return tree<T>(trainer, x, first, left) + tree<T>(trainer, x, first + left, count - left);
  }
  if (count & 15) return sumOfSquares<T>(x + <usize>first * sizeof<T>(), count);
  return block<T>(trainer, x + <usize>first * sizeof<T>(), first, stop);
}

/** Elements `first` .. `stop` of a block at x, sixteen at a time, of which those are read that may not be 0. */
function block<T>(trainer: Trainer, x: usize, first: u32, stop: u32): f64 {
  const f = changetype<Square>(0);
  const pair: usize = 2 * sizeof<T>();
  let s0 = i64x2.splat(0);
  let s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  let next: u32 = 0;
  while (start < stop) {
    const from = max(next, start > first ? (start - first) & ~15 : 0);
    next = max(next, (min(end, stop) - first + 15) & ~15);
    let at = x + <usize>from * sizeof<T>();
    for (const last = x + <usize>next * sizeof<T>(); at < last; at += 8 * pair) {
      s0 = f64x2.add(s0, f.pair<T>(at));
      s1 = f64x2.add(s1, f.pair<T>(at + pair));
      s2 = f64x2.add(s2, f.pair<T>(at + 2 * pair));
      s3 = f64x2.add(s3, f.pair<T>(at + 3 * pair));
      s4 = f64x2.add(s4, f.pair<T>(at + 4 * pair));
      s5 = f64x2.add(s5, f.pair<T>(at + 5 * pair));
      s6 = f64x2.add(s6, f.pair<T>(at + 6 * pair));
      s7 = f64x2.add(s7, f.pair<T>(at + 7 * pair));
    }
    if (end > stop) break;
    goOn(trainer);
  }
  const even = f64x2.add(f64x2.add(s0, s4), f64x2.add(s2, s6));
  const odd = f64x2.add(f64x2.add(s1, s5), f64x2.add(s3, s7));
  const both = f64x2.add(even, odd);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Returns the sum of squares of the gradient of a trainer with touched rows. */
function squares(address: usize, gradients: usize): f64 {
  const trainer = changetype<Trainer>(address);
  start = end = group = matrix = bit = 0;
  if (trainer.type === f32Type) return tree<f32>(trainer, gradients, 0, trainer.elements);
  return tree<f64>(trainer, gradients, 0, trainer.elements);
}

type Squares = (trainer: usize, gradients: usize) => f64;

export function registerTouchedSquares(): void {
  const summed: Squares = (trainer: usize, gradients: usize): f64 => squares(trainer, gradients);
  store<u32>(squaresEntry(), load<u32>(changetype<usize>(summed)));
}
