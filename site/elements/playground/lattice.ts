// What the model and each of its hidden units give on a grid over the plane, in one call of the library.

import { layerOutputs } from "thalweg/inspect";
import type { PlotLattice } from "thalweg/plot";
import { planeReach } from "./shapes.ts";
import type { Training } from "./training.ts";

/** Points along each axis; every second one serves the small maps. */
export const side = 49;
const reach = [-planeReach, planeReach] as const;

const grid = {
  data: Float64Array.from({ length: 2 * side * side }, (_, k) => {
    const point = Math.floor(k / 2);
    const place = k % 2 === 0 ? point % side : Math.floor(point / side);
    return -planeReach + (2 * planeReach * place) / (side - 1);
  }),
  shape: [side * side, 2],
};

/** Columns of values [points, columns] on the grid, rows from below. */
export interface Sheet {
  readonly values: ArrayLike<number>;
  readonly columns: number;
  /** Value that has the color of the ground: half of what there is at most for a sigmoid, else 0. */
  readonly middle: number;
}

export interface Sheets {
  /** Probabilities of the classes, or the value. */
  readonly output: Sheet;
  /** Outputs of the hidden layers. */
  readonly hidden: readonly Sheet[];
}

export function sheetsOf({ trainer, plan, data }: Training): Sheets {
  const { layers, output, probabilities } = layerOutputs(trainer, grid);
  const last = data.task === "classes" ? probabilities : output;
  return {
    output: { values: last?.data ?? [], columns: plan.outputs, middle: 0 },
    hidden: plan.hidden.map(({ output: place, units }) => ({
      ...{ values: layers[place]?.data ?? [], columns: units },
      middle: plan.isSigmoid ? 0.5 : 0,
    })),
  };
}

export const latticeWith = (values: ArrayLike<number>): PlotLattice => ({
  xRange: reach,
  yRange: reach,
  resolution: [side, side],
  values,
});

/** One column of a sheet, relative to its middle. */
export const columnOf = ({ values, columns, middle }: Sheet, column: number): Float64Array =>
  Float64Array.from({ length: side * side }, (_, k) => (values[k * columns + column] as number) - middle);

/** Lead of the probability of a class over that of any other: 0 on its border. */
export function leadOf({ values, columns }: Sheet, kind: number): Float64Array {
  return Float64Array.from({ length: side * side }, (_, k) => {
    let other = 0;
    for (let c = 0; c < columns; c++) if (c !== kind) other = Math.max(other, values[k * columns + c] as number);
    return (values[k * columns + kind] as number) - other;
  });
}

/** Distance from the middle of a hidden unit's sheet that has the strongest color: half of the largest; 0.5 for a sigmoid. */
export function sizeOf({ values, columns, middle }: Sheet, column: number): number {
  if (middle > 0) return middle;
  let size = 1e-9;
  for (let k = column; k < values.length; k += columns) {
    const value = Math.abs(values[k] as number);
    if (value > size && Number.isFinite(value)) size = value;
  }
  return size / 2;
}
