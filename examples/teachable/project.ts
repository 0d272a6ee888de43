/** Classes with their pictures, as they are kept in the browser. */

import { Shelf } from "../browser/page/storage.js";
import type { Example } from "./head.js";

export interface Picture {
  pixels: ImageData;
  features: Float32Array;
}

export interface Group {
  name: string;
  pictures: Picture[];
}

export interface Project {
  /** Name of the embedding that described the pictures. */
  embedding: string;
  groups: Group[];
  /** Checkpoint of the head, null before it learned. */
  head: Uint8Array | null;
}

const NAME = "project";
const shelf = new Shelf<Project>("thalweg-teachable");

/** examplesOf: all pictures, each with the place of its class. */
export const examplesOf = (groups: readonly Group[]): Example[] =>
  groups.flatMap(({ pictures }, label) => pictures.map(({ features }) => ({ label, features })));

export const keepProject = (project: Project): Promise<void> => shelf.put(NAME, project);

export const forgetProject = (): Promise<void> => shelf.remove(NAME);

/**
 * keptProject: what was kept; null if there is nothing.
 *
 * @throws {Error} the browser keeps nothing
 */
export async function keptProject(): Promise<Project | null> {
  const [kept] = await shelf.all();
  return kept?.[1] ?? null;
}
