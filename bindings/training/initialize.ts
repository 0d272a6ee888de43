// Draws the initial parameters and state: a program whose results are the two arenas.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { Initialization } from "../layers/initializers.js";
import { Tensor } from "../tensors/tensor.js";
import { type Placement, readArray, type Trace, traced } from "../tensors/trace.js";
import { bytesOf, halvesOf, sameShape } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import type { Arena } from "./namedArrays.js";
import type { StoredArray } from "./parameters.js";

/** @throws RangeError  an initial value is not finite */
export function drawInitialValues(engine: Engine, parameters: Arena, state: Arena, seed: number): void {
  const arenas = [
    { arena: parameters, space: abi.spaceParameters },
    { arena: state, space: abi.spaceState },
  ];
  if (arenas.every(({ arena }) => arena.arrays.length === 0)) return;
  const program = traced(engine, (trace) =>
    arenas.flatMap(({ arena, space }) => arena.arrays.map((array) => initial(trace, array, arena.dtype, space))),
  );
  try {
    engine.call((core) => {
      core.bindRandom(...halvesOf(seed), 0, 0, 0);
      for (const { arena, space } of arenas) core.bindSpace(space, arena.address);
    });
    engine.checked((core) => core.run(program.address, 0, 0));
  } finally {
    program.free();
  }
  for (const { arena } of arenas)
    for (const { name, offset, elements } of arena.arrays) {
      const at = arena.address + bytesOf(arena.dtype, offset);
      if (!readArray(engine, at, arena.dtype, elements).every(Number.isFinite))
        throw new RangeError(`createTrainer: the initial value of "${name}" is not finite. Check its initializer.`);
    }
}

function initial(trace: Trace, array: StoredArray, dtype: "f32" | "f64", space: number): Placement {
  const { name, shape, initializer, index, offset } = array;
  const tensor: unknown = initializer(new Initialization(trace, shape, dtype, index));
  if (!(tensor instanceof Tensor))
    throw new TypeError(`createTrainer: the initializer of "${name}" returns no tensor.`);
  if (!sameShape(tensor.shape, shape) || tensor.dtype !== dtype)
    throw new ShapeError(
      `createTrainer: the initializer of "${name}" returns [${tensor.shape.join(", ")}] in ${tensor.dtype}, expected ` +
        `[${shape.join(", ")}] in ${dtype}.`,
    );
  return { tensor, space, offset: bytesOf(dtype, offset) };
}
