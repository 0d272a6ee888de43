// What few runs need: the best weights, statistics, streams and workers. This file is loaded on demand with what it imports.

import { BestWeights } from "./bestWeights.js";
import type { Driver } from "./driver.js";
import { MeasuredUpdates } from "./measuredUpdates.js";
import type { RunParts } from "./runParts.js";
import { Stream } from "./stream.js";

/** Returns what drives a run, and lets the run keep its best weights. */
export async function driverOf(parts: RunParts): Promise<Driver> {
  const { trainer, options, stops, data } = parts;
  const { earlyStopping, statistics, worker } = options;
  if (earlyStopping) stops.best = new BestWeights(trainer.memory);
  const measured = statistics && new MeasuredUpdates(parts, statistics.every);
  if (!("columns" in data)) return new Stream(parts, data, measured);
  if (!worker) return { worker: false, measured };
  if (measured) return { worker: false, workerReason: "statistics are measured in this thread", measured };
  const { Remote } = await import("./worker/remote.js");
  return Remote.start(parts, data);
}
