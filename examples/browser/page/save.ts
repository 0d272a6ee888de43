/** The file of a network: the trainer's checkpoint, and in its metadata the seconds and the curves of the page. */

import { readSafetensors, writeSafetensors } from "thalweg";
import { type Curve, type Curves, emptyCurves } from "./curves.js";

/** State of the page beside the trainer. */
export interface Beside {
  seconds: number;
  curves: Curves;
}

const KEY = "page";

/** writeSave: a checkpoint with the page's own figures in its metadata, which the trainer passes over. */
export function writeSave(checkpoint: Uint8Array, beside: Beside): Uint8Array {
  const { tensors, metadata } = readSafetensors(checkpoint);
  return writeSafetensors(tensors, { ...metadata, [KEY]: JSON.stringify(beside) });
}

/** readSave: those figures; none where a file has none, or has something else there. */
export function readSave(file: Uint8Array): Beside {
  const none = { seconds: 0, curves: emptyCurves() };
  try {
    const { seconds, curves } = JSON.parse(readSafetensors(file).metadata[KEY] as string) as Beside;
    const names = Object.keys(none.curves) as (keyof Curves)[];
    const whole = Number.isFinite(seconds) && names.every((name) => isCurve(curves?.[name]));
    return whole ? { seconds, curves } : none;
  } catch {
    return none; // whether the file is a checkpoint at all, restore says
  }
}

/** isCheckpoint: true for a file of tensors, whatever network they are of. */
export function isCheckpoint(file: Uint8Array): boolean {
  try {
    readSafetensors(file);
    return true;
  } catch {
    return false;
  }
}

function isCurve(value: unknown): value is Curve {
  const lists = value as Curve | undefined;
  return (
    Array.isArray(lists) &&
    lists.length === 2 &&
    lists.every((list) => Array.isArray(list) && list.every(Number.isFinite)) &&
    lists[0].length === lists[1].length
  );
}
