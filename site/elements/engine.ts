// The engine of the page's figures: one for all, made when the first needs it.

import { createEngine, type Engine } from "thalweg";

let made: Promise<Engine> | null = null;

export function pageEngine(): Promise<Engine> {
  made ??= createEngine();
  return made;
}
