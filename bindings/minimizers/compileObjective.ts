// Objectives that are compiled once: searches by several methods, or from several starts, share their programs.

import type { Tensor } from "../tensors/tensor.js";
import { wrongKind } from "../values/options.js";
import { keeping } from "./objective.js";

/**
 * Objective that is traced and compiled once, for searches by several methods or from several starts: x ↦ f(x). It can be
 * given wherever f can. The programs are made by the first search that needs them, for each engine and for each arrangement and
 * shape of x; every search visits the same points as with f itself, bit for bit.
 *
 * What f reads from outside is read once, when it is traced: a function that is to read it anew has to be compiled anew.
 *
 * @param f  function of a tensor, or of a tree of tensors, that returns a scalar (residuals for `gaussNewton` and
 *   `levenbergMarquardt`)
 * @returns a function equal to f. Its programs are freed when it is garbage-collected
 * @throws TypeError  f is no function
 * @example
 * import { compileObjective } from "thalweg/minimizers";
 * const f = compileObjective((x) => x.subtract([3, -1]).square().sum());
 * const ends = [lbfgs(), newton(), gradientDescent()].map((method) => minimizeSync(engine, f, [0, 0], method).x.data);
 * ends.map(([x, y]) => [Math.round(x), Math.round(y)]); // [[3, -1], [3, -1], [3, -1]]
 */
export function compileObjective<F extends (x: never) => Tensor>(f: F): F {
  if (typeof f !== "function") throw wrongKind("compileObjective", "f", "a function of tensors", f);
  const shared = ((x: never) => f(x)) as F;
  keeping.set(shared, new WeakMap());
  return shared;
}
