// The examples of tables: what they learn must be better than what is known without learning.

import { expect, it } from "vitest";
import { estimateMileage } from "../../examples/cars.js";
import { days, forecast } from "../../examples/forecast.js";
import { classifyPenguins, mostFrequent } from "../../examples/penguins.js";
import { testEngine } from "./engine.js";

const engine = await testEngine();

it("penguins are told apart by measures, island and sex", async () => {
  const { coding, predicted, truth, known } = await classifyPenguins(engine);
  const correct = truth.filter((species, k) => species === predicted[k]).length;
  expect(truth.length).toBe(69);
  expect(truth.filter((species) => species === mostFrequent(known)).length).toBe(30);
  expect(correct).toBeGreaterThan(65);
  expect(coding.classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
  expect(coding.features.slice(4)).toEqual([
    "Island=Biscoe",
    "Island=Dream",
    "Island=Torgersen",
    "Sex=FEMALE",
    "Sex=MALE",
  ]);
});

it("mileage is estimated three times as well as by the mean", async () => {
  const { mean, model, cars } = await estimateMileage(engine);
  expect(cars).toBe(80);
  expect(model).toBeLessThan(mean / 2.5);
});

it("a week's forecast beats today's temperature from the second day on", async () => {
  const { today, model, train, validation } = await forecast(engine);
  expect(model.length).toBe(days);
  for (let day = 1; day < days; day++) expect(model[day]).toBeLessThan((today[day] as number) - 0.2);
  expect(Math.abs((model[0] as number) - (today[0] as number))).toBeLessThan(0.2);
  expect(Math.max(...train.numbers("date"))).toBeLessThan(Math.min(...validation.numbers("date")));
});
