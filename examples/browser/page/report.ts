/** `?autorun=URL`: the page trains by itself and posts there what it has reached, for browsers nobody looks at. */

import { type DigitSet, PIXELS } from "./digits.js";
import type { Learner } from "./learner.js";
import type { Pad } from "./pad.js";

export async function report(
  url: string,
  train: () => Promise<void>,
  learner: Learner,
  pad: Pad,
  test: DigitSet,
): Promise<void> {
  await train();
  pad.show(test.images.subarray(0, PIXELS));
  const { label } = learner.trainer.classify(pad.digit() as Uint8Array);
  const reached = {
    worker: learner.inWorker,
    accuracy: learner.reached.accuracies.at(-1) ?? 0,
    reads: label === test.labels[0],
    problem: document.getElementById("problem")?.textContent ?? "",
  };
  await post(url, reached);
}

export async function post(url: string, reached: object): Promise<void> {
  await fetch(new URL(url, location.origin), { method: "POST", body: JSON.stringify(reached) });
}
