// What is shown, in words and tables. Every number comes from the training or the state.

import { confusionMatrix } from "thalweg";
import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import { arraysOf, largestShare } from "./data.ts";
import type { Training } from "./training.ts";
import { type Weights, zerosOf } from "./weights.ts";

type Text = (key: string, values?: Fill) => string;

const percent = (share: number): string => `${format(100 * share, 4)} %`;

/** Accuracy or R². */
const measure = (training: Training, value: number): string =>
  training.data.task === "classes" ? percent(value) : format(value, 4);

function endingWords(training: Training, state: State, text: Text): string[] {
  const { ending, best } = training;
  if (!ending || (ending === "limit" && training.step < state.limit)) return [];
  const epoch = best ?? 0;
  const { patience, target, gap } = state;
  return [text(`ending.${ending}`, { step: training.step, epoch, patience, target: format(target), gap: format(gap) })];
}

/** Sentences about the model after the present step. */
export function sentences(training: Training, state: State, weights: readonly Weights[], text: Text): string[] {
  const { now, data, stepsOfEpoch, step } = training;
  if (data.train.length === 0) return [text("says.empty")];
  const kind = data.task;
  const epochs = format(step / stepsOfEpoch, 3);
  const first = text(`says.${kind}`, {
    step,
    epochs,
    measure: measure(training, now.train.measure),
    samples: data.train.length,
  });
  const loss = format(now.train.loss, 4);
  const second = now.test
    ? text("says.test", {
        measure: measure(training, now.test.measure),
        samples: data.test.length,
        ...{ train: loss, test: format(now.test.loss, 4), gap: format(now.test.loss - now.train.loss, 3) },
      })
    : text("says.loss", { loss });
  const largest = largestShare(data.train, data.classes);
  const share = kind === "classes" ? [text("says.largest", { share: percent(largest) })] : [];
  const { count, zeros } = zerosOf(weights);
  const sparse = zeros > 0 ? [text("says.zeros", { zeros, count })] : [];
  return [first, second, ...share, ...sparse, ...endingWords(training, state, text)];
}

export function stepWords({ now, step }: Training, text: Text): string {
  const train = format(now.train.loss);
  return now.test
    ? text("status.both", { step, train, test: format(now.test.loss) })
    : text("status.train", { step, train });
}

/** Classes that the model gives to the test samples, or else to those of training, against their own. */
export function confusionTable(training: Training, text: Text): HTMLTableElement | null {
  const { data, trainer } = training;
  const samples = data.test.length > 0 ? data.test : data.train;
  if (data.task !== "classes" || samples.length === 0) return null;
  const { inputs, targets } = arraysOf(samples, data.task);
  const { data: counts } = confusionMatrix(trainer.predict(inputs as never), targets as Int32Array, data.classes);
  const kinds = Array.from({ length: data.classes }, (_, kind) => kind);
  const columns = [
    { head: text("confusion.own") },
    ...kinds.map((kind) => ({ head: text("confusion.given", { kind }), isNumber: true })),
  ];
  const rows = kinds.map((own) => [
    text("class", { kind: own }),
    ...kinds.map((given) => String(counts[own * data.classes + given])),
  ]);
  return tableOf(
    text(data.test.length > 0 ? "confusion.test" : "confusion.train", { samples: samples.length }),
    columns,
    rows,
  );
}

/** A number with a bar of its logarithm between 1e-8 and 10. */
function gauge(value: number): Node {
  const share = value > 0 ? Math.max(0, Math.min(1, (Math.log10(value) + 8) / 9)) : 0;
  const bar = html("span", { class: "gauge", "aria-hidden": "true" });
  bar.style.width = `${(share * 3).toFixed(2)}rem`;
  return html("span", { class: "gauged" }, bar, format(value, 2));
}

/** Sizes of gradients, weights and updates by layer, at the last measured step. */
export function layerTable(training: Training, text: Text): HTMLTableElement | null {
  const { statistics, plan } = training;
  if (!statistics) return null;
  const places = [...plan.hidden, { linear: plan.last, output: "" }];
  const columns = ["layer", "gradient", "weight", "ratio", "dead"].map((key) => ({
    head: text(`layers.${key}`),
    isNumber: key !== "layer",
  }));
  const rows = places.map(({ linear, output }, k) => {
    const { gradientNorm, weightNorm, updateRatio } = statistics.parameters[`${linear}.weight`] as {
      gradientNorm: number;
      weightNorm: number;
      updateRatio: number;
    };
    const dead = statistics.deadUnits[output];
    return [
      k === plan.hidden.length ? text("layers.output") : String(k + 1),
      gauge(gradientNorm),
      format(weightNorm, 3),
      format(updateRatio, 2),
      dead === undefined ? "–" : percent(dead),
    ];
  });
  return tableOf(text("layers.caption", { step: statistics.step }), columns, rows);
}
