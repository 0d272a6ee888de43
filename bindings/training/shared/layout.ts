// The common layout of the parameters that several trainers share: parameters lie together if each trainer has them in one
// group, so that the groups of every trainer are ranges of the same arena.

import type { Layer } from "../../layers/layer.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import { elementCount } from "../../values/arrays.js";
import { type Group, type Layout, layOutParameters, matrixOf, padded, type StoredArray } from "../parameters.js";

/** Parameters that each trainer has in one group, or does not train. */
interface Cell {
  readonly names: string[];
  /** Index of the group of each trainer, −1 if it does not train them. */
  readonly groups: readonly number[];
  offset: number;
  elements: number;
}

/** Index of the group that has a parameter, −1 if there is none. */
function groupOf({ parameters, groups }: Layout, name: string): number {
  const found = parameters.find((entry) => entry.name === name);
  if (!found) return -1;
  return groups.findLastIndex(({ offset }) => offset <= found.offset);
}

/** Splits the parameters into cells, in the order of their first declarations, and places these. */
function cellsOf(
  all: Layout,
  own: readonly Layout[],
): { cells: Cell[]; places: Map<string, number>; elements: number } {
  const cells = new Map<string, Cell>();
  const sizes = new Map<string, number>();
  for (const { name, shape } of all.parameters) {
    const groups = own.map((layout) => groupOf(layout, name));
    const cell = cells.get(groups.join()) ?? { names: [], groups, offset: 0, elements: 0 };
    cells.set(groups.join(), cell);
    cell.names.push(name);
    sizes.set(name, elementCount(shape));
  }
  let next = 0;
  const places = new Map<string, number>();
  for (const cell of cells.values()) {
    cell.offset = next;
    for (const name of cell.names) {
      places.set(name, next);
      next += sizes.get(name) as number;
    }
    next = padded(all.dtype, next);
    cell.elements = next - cell.offset;
  }
  return { cells: [...cells.values()], places, elements: next };
}

/**
 * Lays out the parameters of a model for every trainer, given the layout of those that it trains: equal offsets, but each with
 * its own groups.
 */
export function layOutShared(model: Layer, optimizer: Optimizer, own: readonly Layout[]): Layout[] {
  const { dtype } = own[0] as Layout;
  const all = layOutParameters(model, { optimizer, groups: [{ match: "*", frozen: true }] }, dtype);
  const { cells, places, elements } = cellsOf(all, own);
  return own.map((layout, k) => {
    const parameters = all.parameters.map((entry): StoredArray => {
      const mine = layout.parameters.find(({ name }) => name === entry.name);
      return { ...entry, ...mine, index: entry.index, offset: places.get(entry.name) as number };
    });
    const range = ({ offset, elements }: Cell, group: Group): Group => ({ ...group, offset, elements });
    const groups = layout.groups.flatMap((group, at) =>
      cells
        .filter((cell) => cell.groups[k] === at)
        .map((cell): Group => {
          const matrices = cell.names.flatMap((name) =>
            matrixOf(parameters.find((entry) => entry.name === name) as StoredArray, cell.offset),
          );
          return { ...range(cell, group), matrices: group.matrices.length > 0 ? matrices : [] };
        }),
    );
    // A look-ahead point is written by groups, and needs the weights of all.
    const others = layout.looksAhead ? cells.filter((cell) => cell.groups[k] === -1) : [];
    const frozen = others.map((cell) => range(cell, all.groups[0] as Group));
    return { ...layout, parameters, groups: [...groups, ...frozen], elements };
  });
}
