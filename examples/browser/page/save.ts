/** The file of a network: the trainer's checkpoint, and in its metadata the curves of the page. */

import { readSafetensors, writeSafetensors } from "thalweg";
import type { RunCurves } from "thalweg/dashboard";

const KEY = "page";

/** writeSave: a checkpoint with the page's curves in its metadata, which the trainer passes over. */
export function writeSave(checkpoint: Uint8Array, curves: RunCurves): Uint8Array {
  const { tensors, metadata } = readSafetensors(checkpoint);
  return writeSafetensors(tensors, { ...metadata, [KEY]: JSON.stringify(curves) });
}

/** readSave: what a file has in the place of these curves, which whoever takes it checks; null if there is nothing. */
export function readSave(file: Uint8Array): RunCurves | null {
  try {
    return JSON.parse(readSafetensors(file).metadata[KEY] as string) as RunCurves;
  } catch {
    return null; // whether the file is a checkpoint at all, restore says
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
