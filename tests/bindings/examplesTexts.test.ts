// The example of texts: what it learns must be better than what is known without learning, and augmentation must help.

import { expect, it } from "vitest";
import { separateSpam } from "../../examples/spam.js";
import { testEngine } from "./engine.js";

const engine = await testEngine();

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

it("spam is told from ham, better with the edits of EDA", async () => {
  const accuracies = await separateSpam(engine, [1, 2, 3, 4, 5]);
  expect(mean(accuracies.without)).toBeGreaterThan(0.91);
  expect(mean(accuracies.with)).toBeGreaterThan(mean(accuracies.without) + 0.01);
});
