// A forecast over windows: the highest temperatures of the next seven days in Seattle from the weather of the last seven, by
// a linear model. It is compared with the forecast that every day is as warm as today, on the last quarter of the days. For
// tomorrow both are about equally good; for the seventh day the error of the model is about an eighth smaller.

import { adamW, createTrainer, type Engine, flatten, linear, meanSquaredError, sequential } from "thalweg";
import { readTable, splitTable, tableCoding, windows } from "thalweg/table";
import { print, program } from "./course/program.js";
import { streamFile } from "./course/vegaData.js";

export const days = 7;

/** Mean absolute error in degrees for each day ahead, of today's temperature and of the model, and the days of both parts. */
export async function forecast(engine: Engine) {
  const table = await readTable(streamFile("seattle-weather.csv"));
  const { train, validation } = splitTable(table, { time: "date", fraction: 0.25 });
  const coding = tableCoding(train, {
    inputs: ["temp_max", "temp_min", "precipitation", "wind", "weather"],
    target: { column: "temp_max", scale: "standard" },
  });
  const [learnt, others] = [train, validation].map((part) =>
    windows(part, coding, { time: "date", length: days, horizon: days }),
  ) as [ReturnType<typeof windows>, ReturnType<typeof windows>];
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(days * coding.features.length, days)]),
    loss: meanSquaredError(),
    optimizer: adamW({ learningRate: 0.003 }),
  });
  await trainer.fit(learnt.samples, { epochs: 20, batchSize: 32 });
  const predicted = coding.invert("temp_max", trainer.predict(others.samples.inputs));
  trainer.free();
  const truth = coding.invert("temp_max", others.samples.targets);
  const warmth = validation.numbers("temp_max");
  const today = Array.from(others.rows, (row) => warmth[row - 1] ?? 0);
  const error = (guess: (window: number, at: number) => number): number[] =>
    Array.from({ length: days }, (_, day) => {
      const errors = today.map((_, k) => Math.abs((truth[k * days + day] ?? 0) - guess(k, k * days + day)));
      return errors.reduce((sum, value) => sum + value) / errors.length;
    });
  return { today: error((k) => today[k] ?? 0), model: error((_, at) => predicted[at] ?? 0), train, validation };
}

await program(import.meta.url, async (engine) => {
  const { today, model } = await forecast(engine);
  const ahead = [1, 2, 3, 5, 7];
  const of = (errors: readonly number[]): number[] => ahead.map((day) => errors[day - 1] ?? 0);
  print("days ahead", ...ahead);
  print("as today", ...of(today));
  print("the model", ...of(model));
});
