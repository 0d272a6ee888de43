// The examples of augmentation: what it makes a network indifferent to.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shifted, shifts, tableOf } from "../../examples/shiftedDigits.js";
import { build, testEngine } from "./engine.js";

const engine = await testEngine();
const release = build === "release";
const sourceOf = (name: string): string => readFileSync(new URL(`../../examples/${name}.ts`, import.meta.url), "utf8");

describe("shifted digits", () => {
  it("move by whole pixels, and nothing comes in from outside", () => {
    const data = Uint8Array.from({ length: 2 * 784 }, (_, at) => (at % 251) + 1);
    const samples = { inputs: { data, shape: [2, 28, 28, 1] }, targets: [0, 1] };
    for (const [right, down] of Object.values(shifts)) {
      const moved = (shifted(samples, [right, down]).inputs as { data: Uint8Array }).data;
      for (let at = 0; at < data.length; at++) {
        const [row, column] = [(Math.floor(at / 28) % 28) - down, (at % 28) - right];
        const inside = row >= 0 && row < 28 && column >= 0 && column < 28;
        expect(moved[at]).toBe(inside ? data[784 * Math.floor(at / 784) + 28 * row + column] : 0);
      }
    }
  });

  it.runIf(release)("are read after random shifts, as the table of the example says", async () => {
    const table = await tableOf(engine);
    const source = sourceOf("shiftedDigits");
    for (const [name, without, along] of table) {
      expect(source).toMatch(new RegExp(`^// ${name} +${without} +${along}$`, "m"));
      if (name === "none") expect(Number(along)).toBeGreaterThanOrEqual(Number(without));
      else expect(Number(without)).toBeLessThan(50);
      expect(Number(along)).toBeGreaterThanOrEqual(name.includes(",") ? 86 : 90);
    }
  });
});
