// A module of PyTorch and its weights.

import type { Weight } from "./op.js";

/** A module: its name in the one around it, its text, and its weights by the names of its state_dict. */
export interface TorchModule {
  readonly key: string;
  readonly code: string;
  readonly weights: Readonly<Record<string, Weight>>;
}

/** Name of a layer in the module around it. */
const keyOf = (path: string): string => path.split(".").at(-1) || "layer";

/** The module of a layer. */
export function made(path: string, code: string, weights: Record<string, Weight | undefined> = {}): TorchModule {
  const given = Object.entries(weights).filter((entry): entry is [string, Weight] => entry[1] !== undefined);
  return { key: keyOf(path), code, weights: Object.fromEntries(given) };
}

/** A module beside that of a layer, without weights. */
export function beside(path: string, what: string, code: string): TorchModule {
  return { key: path ? `${keyOf(path)}_${what}` : what, code, weights: {} };
}
