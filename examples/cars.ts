// Miles per gallon of cars, from numbers, a date and words. Cars without a mileage are left out, gaps of the horsepower become its
// median, and the mileage is standardized for training and inverted for the result.

import { adamW, createTrainer, type Engine, linear, meanSquaredError, relu, sequential } from "thalweg";
import { splitTable, tableCoding, tableOf } from "thalweg/table";
import { print, program } from "./course/program.js";
import { readRecords } from "./course/vegaData.js";

const mileage = "Miles_per_Gallon";

/** Mean absolute error in miles per gallon on a fifth of the cars, of the mean of the others and of the model. */
export async function estimateMileage(engine: Engine): Promise<{ mean: number; model: number; cars: number }> {
  const table = tableOf(readRecords("cars.json"), { types: { Cylinders: "text" } }).dropGaps([mileage]);
  const { train, validation } = splitTable(table, { seed: 1 });
  const coding = tableCoding(train, {
    inputs: ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration", "Year", "Origin"],
    target: { column: mileage, scale: "standard" },
    gaps: "median",
    unknown: "zeros",
  });
  const trainer = createTrainer(engine, {
    model: sequential([linear(coding.features.length, 16), relu(), linear(16, 1)]),
    loss: meanSquaredError(),
    optimizer: adamW({ learningRate: 0.01 }),
  });
  await trainer.fit(coding.samples(train), { epochs: 100, batchSize: 32 });
  const predicted = coding.invert(mileage, trainer.predict(coding.inputs(validation)));
  trainer.free();
  const truth = validation.numbers(mileage);
  const mean = train.numbers(mileage).reduce((sum, value) => sum + value) / train.rows;
  const error = (guess: (k: number) => number): number =>
    truth.reduce((sum, value, k) => sum + Math.abs(value - guess(k)), 0) / truth.length;
  return { mean: error(() => mean), model: error((k) => predicted[k] ?? 0), cars: truth.length };
}

await program(import.meta.url, async (engine) => {
  const { mean, model, cars } = await estimateMileage(engine);
  print(`${cars} cars`, "miles off");
  print("the mean", mean);
  print("the model", model);
});
