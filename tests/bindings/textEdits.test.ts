// Edits of token ids: against the rules of EDA in plain JavaScript from the same draws, and replay in training.

import {
  augment,
  createTrainer,
  embedding,
  flatten,
  type Layer,
  linear,
  meanSquaredError,
  oneOf,
  onesInitializer,
  preview,
  type Samples,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
} from "thalweg";
import {
  randomDeletion,
  randomInsertion,
  randomSwap,
  type SynonymTable,
  synonymReplacement,
  synonymTable,
  wordTokenizer,
} from "thalweg/text";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { engine, engineForAll } from "./engine.js";
import { expectSameBits, parkMiller } from "./numbers.js";
import { compile } from "./transforms.js";

engineForAll();

const [vocabulary, length, rows] = [12, 9, 40];

/** Synonyms of some tokens: three of 2, one of 3 and two of 5. */
const table = {
  data: Int32Array.from({ length: vocabulary * 3 }, (_, k) => ({ 6: 7, 7: 8, 8: 9, 9: 2, 15: 3, 16: 4 })[k] ?? -1),
  shape: [vocabulary, 3],
} satisfies SynonymTable;
const synonymsOf = (token: number): number[] =>
  [0, 1, 2].map((k) => table.data[3 * token + k]!).filter((synonym) => synonym >= 0);

/** Texts of 0 to 9 tokens from 2 on, then padding. */
const random = parkMiller(5);
const texts = Array.from({ length: rows }, (_, row) =>
  Array.from({ length }, (_, k) => (k < row % (length + 1) ? 2 + Math.floor(random() * (vocabulary - 2)) : 0)),
);

/** Edits by a function of the tokens of a text, n and the draws. */
type Rule = (tokens: number[], n: number, u: readonly number[]) => number[];

const pick = (u: number, m: number): number => Math.floor(u * m);

/** The rules of section 2 of the paper, and n of its code. */
const rules: Record<string, { form: number; draws: (n: number) => number; rule: Rule }> = {
  replacement: {
    form: abi.editReplace,
    draws: (n) => 2 * n,
    rule(tokens, n, u) {
      const out = [...tokens];
      const places = [...tokens.keys()].filter((k) => synonymsOf(tokens[k]!).length > 0);
      for (let k = 0; k < n && k < places.length; k++) {
        const other = k + pick(u[2 * k]!, places.length - k);
        [places[k], places[other]] = [places[other]!, places[k]!];
        const own = synonymsOf(tokens[places[k]!]!);
        out[places[k]!] = own[pick(u[2 * k + 1]!, own.length)]!;
      }
      return out;
    },
  },
  insertion: {
    form: abi.editInsert,
    draws: (n) => 3 * n,
    rule(tokens, n, u) {
      let out = [...tokens];
      for (let k = 0; k < n; k++) {
        const known = out.filter((token) => synonymsOf(token).length > 0);
        if (known.length === 0) break;
        const own = synonymsOf(known[pick(u[3 * k]!, known.length)]!);
        out.splice(pick(u[3 * k + 2]!, out.length + 1), 0, own[pick(u[3 * k + 1]!, own.length)]!);
        out = out.slice(0, length);
      }
      return out;
    },
  },
  swap: {
    form: abi.editSwap,
    draws: (n) => 2 * n,
    rule(tokens, n, u) {
      const out = [...tokens];
      for (let k = 0; k < n && out.length > 1; k++) {
        const a = pick(u[2 * k]!, out.length);
        const b = pick(u[2 * k + 1]!, out.length - 1);
        const other = b < a ? b : b + 1;
        [out[a], out[other]] = [out[other]!, out[a]!];
      }
      return out;
    },
  },
  deletion: {
    form: abi.editDelete,
    draws: () => length + 1,
    rule(tokens, _, u) {
      const kept = tokens.filter((_, k) => u[k]! >= 0.4);
      return kept.length > 0 ? kept : [tokens[pick(u[length]!, tokens.length)]!];
    },
  },
};

describe("edits of tokens", () => {
  it.each(Object.keys(rules).flatMap((name) => (["f32", "f64"] as const).map((dtype) => [name, dtype] as const)))(
    "follow the paper: %s in %s",
    (name, dtype) => {
      const { form, draws, rule } = rules[name]!;
      const alpha = 0.4;
      const count = draws(Math.max(1, Math.floor(alpha * length)));
      const u = Float64Array.from({ length: rows * count }, () => random());
      const edited = compile(engine, ({ x, u }: { x: Tensor; u: Tensor }) => {
        const given = form < abi.editSwap ? [x.trace.constant(table, "i32")] : [];
        return x.trace.emit(abi.opEditTokens, [x, u, ...given], [alpha], [form, 0, abi.faultIndex]);
      });
      const numbers = (dtype === "f32" ? Float32Array : Float64Array).from(texts.flat());
      const { data } = edited({
        x: { data: numbers, shape: [rows, length] },
        u: { data: u, shape: [rows, count] },
      }) as never as {
        data: Float32Array;
      };
      const expected = texts.flatMap((text, k) => {
        const tokens = text.filter((token) => token !== 0);
        const n = Math.max(1, Math.floor(alpha * tokens.length));
        const out = tokens.length === 0 ? [] : rule(tokens, n, [...u.subarray(k * count, (k + 1) * count)]);
        return Array.from({ length }, (_, k) => out[k] ?? 0);
      });
      expect(Array.from(data)).toEqual(expected);
      expect(expected).not.toEqual(texts.flat());
    },
  );

  it("are refused for tokens outside the table, and the engine stays usable", () => {
    const trainer = trainerOf({ augment: augment([synonymReplacement(table)]) });
    for (const [token, got] of [
      [vocabulary, "12"],
      [-1, "-1"],
      [1.5, "no 32-bit integer"],
    ] as const) {
      const inputs = [
        [2, 3, 0],
        [2, token, 0],
      ];
      expect(() => trainer.step({ inputs, targets: [1, 0], augment: augment([randomInsertion(table)]) })).toThrow(
        `randomInsertion: token out of range: got ${got} in row 1, place 1, expected 0 .. 11, the vocabulary of the synonyms.`,
      );
      if (token !== vocabulary)
        expect(() => trainer.step({ inputs, targets: [1, 0], augment: augment([randomSwap()]) })).toThrow(
          `randomSwap: token out of range: got ${got} in row 1, place 1, expected 0 .. 2147483646. Check the tokens.`,
        );
    }
    trainer.step({ inputs: [[2, 3, 0]], targets: [1] });
  });
});

/** A classifier of texts. */
function trainerOf({ microBatch = 1024 }: { microBatch?: number; augment?: unknown } = {}, width = 3): Trainer {
  return createTrainer(engine, {
    model: sequential([embedding(vocabulary, 4), flatten(), linear(width * 4, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 11,
    microBatch,
  });
}

describe("augmentation of texts in training", () => {
  const edits = [
    synonymReplacement(table, { alpha: 0.3 }),
    randomInsertion(table, { alpha: 0.2 }),
    randomSwap({ alpha: 0.3 }),
    randomDeletion({ p: 0.2 }),
  ];
  const data = {
    inputs: { data: Int32Array.from(texts.flat()), shape: [rows, length] },
    targets: Int32Array.from(texts, (_, k) => k % 2),
  } satisfies Samples;

  /** Weights after five epochs. */
  async function trained(microBatch: number, stopAt = 5): Promise<Float32Array> {
    let trainer = trainerOf({ microBatch }, length);
    const options = { batchSize: 16, augment: augment([oneOf(edits), randomDeletion({ p: 0.1 })]) };
    await trainer.fit(data, { ...options, epochs: stopAt });
    if (stopAt < 5) {
      const file = trainer.save();
      trainer = trainerOf({ microBatch }, length);
      trainer.restore(file);
      await trainer.fit(data, { ...options, epochs: 5 - stopAt });
    }
    return trainer.parameters()["0.weight"]!.data as Float32Array;
  }

  it("has the same bits after stopping and resuming", async () => {
    const weights = await trained(1024);
    expectSameBits(await trained(1024, 2), weights);
    expect(weights).not.toEqual(await trained(5));
  });

  it("edits a text by seed, update and place in the batch, not by the run it is in", () => {
    const list = augment(edits);
    const trainer = trainerOf({}, length);
    const { inputs } = preview(trainer, data, [3, 9, 17, 25], { augment: list, step: 4 });
    for (const place of [0, 1, 2, 3]) {
      const one = { augment: list, step: 4, places: [place] };
      const own = preview(trainerOf({ microBatch: 2 }, length), data, [3, 9, 17, 25], one);
      expectSameBits(own.inputs.data as never, inputs.data.slice(place * length, (place + 1) * length) as never);
    }
    expect(preview(trainer, data, [3, 9, 17, 25], { augment: list, step: 5 }).inputs).not.toEqual(inputs);
  });

  it("has the same bits in runs of other sizes", async () => {
    // Sums and means of quarters of whole numbers are exact, in whatever order.
    const places = Array.from({ length }, (_, k) => k + 1);
    const model: Layer = {
      name: "sum",
      parameters: { w: { shape: [1], initializer: onesInitializer } },
      apply: ({ w }, x) => x.multiply(places).sum({ axes: 1, keepDimensions: true }).multiply(w!),
    };
    const losses = [1024, 8, 2].map((microBatch) => {
      const [loss, optimizer] = [meanSquaredError(), sgd({ learningRate: 1 })];
      const trainer = createTrainer(engine, { model, loss, optimizer, dtype: "f64", microBatch });
      const inputs = { data: data.inputs.data.slice(0, 32 * length), shape: [32, length] };
      return trainer.step({ inputs, targets: new Array(32).fill([0]), augment: augment(edits) }).loss;
    });
    expect(losses).toEqual(new Array(3).fill(losses[0]));
  });

  it("leaves evaluation and prediction alone", () => {
    const trainer = trainerOf({}, length);
    const plain = trainer.predict(data.inputs);
    const model = sequential([...edits, embedding(vocabulary, 4), flatten(), linear(length * 4, 2)]);
    const inside = createTrainer(engine, {
      model,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const { "0.weight": table, "2.weight": weight, "2.bias": bias } = trainer.parameters();
    inside.setParameters({ "4.weight": table!, "6.weight": weight!, "6.bias": bias! });
    expect(inside.predict(data.inputs)).toEqual(plain);
  });

  it("refuses options, tables and shapes that do not fit", () => {
    const tokenizer = wordTokenizer(["good fine"]);
    expect(() => synonymReplacement(synonymTable(tokenizer, { good: ["fine"] }), { alpha: 0 })).toThrow(
      /synonymReplacement: alpha must be a number above 0 and at most 1/,
    );
    expect(() => randomInsertion({ data: Int32Array.of(5, 1), shape: [2, 1] })).toThrow(
      "randomInsertion: synonym 5 of token 0 is outside the vocabulary 0 .. 1. Make the table with synonymTable.",
    );
    expect(() => synonymReplacement({ good: ["fine"] } as never)).toThrow(/synonyms must be a table of synonyms/);
    expect(() => randomDeletion({ p: 1.5 })).toThrow(/randomDeletion: p must be/);
    expect(() => randomSwap({ padding: -1 })).toThrow(/randomSwap: padding must be/);
    const trainer = trainerOf({}, length);
    const flat = { inputs: Int32Array.of(2, 3), targets: Int32Array.of(0, 1), augment: augment([randomSwap()]) };
    expect(() => trainer.step(flat)).toThrow(/randomSwap: expected token ids \[texts, tokens\], got shape \[2\]/);
  });
});
