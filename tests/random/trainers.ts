// Random trainers, each run in several ways that must agree bit for bit: at once, in pieces that are saved and restored into
// fresh trainers, in a worker, by the other builds, and batch by batch.

import {
  createDataset,
  type Engine,
  EngineError,
  type FitOptions,
  type History,
  readSafetensors,
  type Samples,
  type Trainer,
} from "thalweg";
import { type BuildName, engineOf, holds } from "./engines.js";
import type { Drawn, Random } from "./random.js";
import { Recipe } from "./recipes.js";

/** What a way of training leaves behind. */
interface Outcome {
  readonly history: unknown;
  /** The error that ended it, in words. */
  readonly error: string | null;
  readonly losses: readonly number[];
  readonly saved: Uint8Array;
  readonly evaluation: unknown;
  readonly prediction: unknown;
}

/** A history without what a clock or the place decides. */
function timeless({ epochs, steps, stopped, best, method, statistics }: History) {
  return { epochs: epochs.map(({ seconds: _, ...epoch }) => epoch), steps, stopped, best, method, statistics };
}

/** Where two values differ first, in words; null if nowhere. */
export function firstDifference(a: unknown, b: unknown, path = ""): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a === "object" && typeof b === "object" && a && b) {
    if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      const [x, y] = [a, b] as unknown as [Float64Array, Float64Array];
      if (x.length !== y.length) return `${path}: ${x.length} and ${y.length} elements`;
      const at = x.findIndex((value, k) => !Object.is(value, y[k]));
      return at < 0 ? null : `${path}[${at}]: ${x[at]} and ${y[at]}`;
    }
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference((a as never)[key], (b as never)[key], path ? `${path}.${key}` : key);
      if (found) return found;
    }
    return null;
  }
  return `${path}: ${String(a)} and ${String(b)}`;
}

/** Two files, tensor by tensor. */
export function fileDifference(a: Uint8Array, b: Uint8Array, without: readonly string[] = []): string | null {
  if (without.length === 0 && Buffer.compare(a, b) === 0) return null;
  const [x, y] = [readSafetensors(a), readSafetensors(b)];
  for (const { metadata } of [x, y]) for (const name of without) delete metadata[name];
  const found = firstDifference(x, y);
  return found ?? (without.length === 0 ? "the files differ in their order" : null);
}

/** Slices of a run at most, which may be one an update: one that goes on for longer does not end. */
const mostSlices = 1000;

/** Errors that the library means. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  if (error instanceof EngineError && !/was made from a feature set/.test(error.message)) throw error;
  if (
    !/^[\w .":[\]]+: /.test(error.message) ||
    !/^(Type|Range|Shape|Trace|Divergence|Memory|Engine)Error$/.test(error.constructor.name)
  )
    throw error;
  return `${error.constructor.name}: ${error.message}`;
}

/** How a run is followed. */
interface Watch {
  /** Gets the losses of all updates. */
  readonly losses?: number[];
  /** Slices after which it is aborted. */
  readonly slices?: number;
  /** Whether somebody iterates over its epochs. */
  readonly iterated?: boolean;
}

/** A run to its end, or to where it is aborted. */
export async function fitted(trainer: Trainer, data: never, options: FitOptions, watch: Watch = {}): Promise<History> {
  const { losses = [], slices = mostSlices, iterated = false } = watch;
  const controller = new AbortController();
  let seen = 0;
  const onProgress: FitOptions["onProgress"] = (progress) => {
    losses.push(...progress.losses);
    if (++seen === slices) controller.abort();
  };
  const run = trainer.fit(data, { ...options, onProgress, signal: controller.signal } as FitOptions);
  if (iterated)
    for await (const epoch of run) if (epoch.step > trainer.steps) throw new Error("an epoch ended too early");
  const history = await run;
  if (seen >= mostSlices) throw new Error(`fit goes on without end: ${seen} slices for ${JSON.stringify(options)}`);
  return history;
}

class Ways {
  readonly #samples: Samples;
  readonly #validation: Samples | null;

  constructor(
    readonly recipe: Recipe,
    readonly random: Random,
  ) {
    this.#samples = recipe.data(recipe.samples);
    this.#validation = recipe.validation === null ? null : recipe.data(recipe.validation);
  }

  /** Samples and fit's options in an engine. */
  #given(trainer: Trainer): { data: never; options: FitOptions; free(): void } {
    const { engine } = trainer;
    const { targets } = trainer.options.loss;
    if (!this.recipe.resident)
      return { data: this.#samples as never, options: this.recipe.options(this.#validation), free() {} };
    const made = [this.#samples, ...(this.#validation ? [this.#validation] : [])].map((samples) =>
      createDataset(engine, samples, targets),
    );
    return {
      data: made[0] as never,
      options: this.recipe.options(made[1] ?? null),
      free: () => {
        for (const dataset of made) dataset.free();
      },
    };
  }

  #outcome(trainer: Trainer, history: unknown, error: string | null, losses: readonly number[]): Outcome {
    const asked = (body: () => unknown): unknown => {
      try {
        return body();
      } catch (error) {
        return inWords(error);
      }
    };
    const { average } = trainer.options;
    const weights = average ? ({ weights: "average" } as const) : {};
    return {
      history,
      error,
      losses,
      saved: trainer.save(),
      evaluation: [asked(() => trainer.evaluate(this.#samples)), asked(() => trainer.evaluate(this.#samples, weights))],
      prediction: asked(() => trainer.predict(this.#samples.inputs, weights)),
    };
  }

  /** At once, in an engine of its own. */
  async straight(build: BuildName, worker = false): Promise<Outcome> {
    const trainer = this.recipe.start(await engineOf(build));
    const { data, options, free } = this.#given(trainer);
    const losses: number[] = [];
    try {
      const history = await fitted(trainer, data, worker ? { ...options, worker } : options, { losses });
      if (worker && !history.worker) throw new Error(`no worker: ${history.workerReason}`);
      return this.#outcome(trainer, timeless(history), null, losses);
    } catch (error) {
      return this.#outcome(trainer, null, inWords(error), losses);
    } finally {
      free();
    }
  }

  /** In pieces of some steps: every one saved, restored into a fresh trainer, and gone on there. */
  async pieces(builds: readonly BuildName[], total: number): Promise<Outcome> {
    const { random, recipe } = this;
    let trainer = recipe.start(await engineOf(random.pick(builds)));
    const losses: number[] = [];
    const epochs: unknown[] = [];
    const statistics: unknown[] = [];
    let left = total;
    for (;;) {
      const { data, options, free } = this.#given(trainer);
      const { steps, epochs: length = 0, ...rest } = options;
      const whole = steps !== undefined ? { steps: steps - (total - left) } : { epochs: length - epochs.length };
      const piece = left > 1 && random.chance(0.6) ? { steps: random.whole(1, left - 1) } : null;
      const watched = rest.targetLoss !== undefined || rest.gradientTolerance !== undefined;
      const aborted = !piece && !watched && left > 1 && random.chance(0.5);
      const watch = { losses, iterated: random.chance(0.3), ...(aborted ? { slices: random.whole(1, 3) } : {}) };
      const elsewhere = { worker: random.chance(0.2) && !aborted && !rest.statistics };
      const before = trainer.steps;
      try {
        const history = await fitted(
          trainer,
          data,
          { ...rest, ...elsewhere, ...(piece ?? whole) } as FitOptions,
          watch,
        );
        const { epochs: ended, stopped, ...more } = timeless(history);
        epochs.push(...ended);
        statistics.push(...(more.statistics ?? []));
        left -= trainer.steps - before;
        // Of a run that fails, the step that fails is still to come.
        const complete = steps !== undefined ? total - left === steps : epochs.length === length;
        if (complete || (stopped !== "signal" && (!piece || stopped !== "finished"))) {
          const all = {
            ...more,
            epochs,
            steps: trainer.steps,
            stopped: stopped === "signal" ? "finished" : stopped,
            statistics: more.statistics && statistics,
          };
          return this.#outcome(trainer, all, null, losses);
        }
      } catch (error) {
        return this.#outcome(trainer, null, inWords(error), losses);
      } finally {
        free();
      }
      trainer = await this.#moved(trainer, builds);
    }
  }

  /** A fresh trainer that stands where this one does; what only asks is asked in between. */
  async #moved(trainer: Trainer, builds: readonly BuildName[]): Promise<Trainer> {
    const { random } = this;
    const questions: (() => unknown)[] = [
      () => trainer.evaluate(this.#samples),
      () => trainer.predict(this.#samples.inputs),
      () => trainer.parameters(),
      () => trainer.state(),
      () => trainer.learningRate,
      () => trainer.cost(this.#samples, 3),
    ];
    for (const question of random.some(questions, 0.3)) {
      try {
        question();
      } catch (error) {
        inWords(error);
      }
    }
    const file = trainer.save();
    if (random.chance(0.15)) return trainer;
    const next = this.recipe.create(await engineOf(random.pick(builds)));
    // One that has been trained before must not remember it.
    if (random.chance(0.3)) {
      const { data, options, free } = this.#given(next);
      const { epochs: _, steps: __, earlyStopping: ___, statistics: ____, ...rest } = options;
      await fitted(next, data, { ...rest, steps: random.whole(1, 3) } as FitOptions).catch(inWords);
      free();
    }
    next.restore(file);
    const changed = fileDifference(next.save(), file);
    if (changed) throw new Error(`save() after restore() is another file: ${changed}`);
    trainer.free();
    return next;
  }

  /** Batch by batch, without fit. */
  async steps(): Promise<Outcome> {
    const trainer = this.recipe.start(await engineOf("release"));
    const options = this.recipe.options(this.#validation);
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY, batchSize = 32, lastBatch } = options;
    const losses: number[] = [];
    const { augment } = options;
    const { rows, batch } = rowsOf({ ...this.#samples, ...(augment ? { augment } : {}) });
    const size = Math.min(batchSize, rows);
    try {
      for (let epoch = 0; epoch < epochs; epoch++) {
        for (let from = 0; from < rows; from += size) {
          const count = Math.min(size, rows - from);
          if (count < size && lastBatch === "drop") continue;
          if (trainer.steps >= steps) return this.#outcome(trainer, null, null, losses);
          losses.push(trainer.step(batch(from, count)).loss);
        }
        // fit evaluates at the end of an epoch, and fails where these samples have no mean.
        if (options.validation) trainer.evaluate(options.validation as Samples);
      }
      return this.#outcome(trainer, null, null, losses);
    } catch (error) {
      return this.#outcome(trainer, null, inWords(error), losses);
    }
  }
}

/** Samples cut into batches. */
function rowsOf({ inputs, targets, augment }: Samples): { rows: number; batch(from: number, count: number): Samples } {
  type Given = { data: Float64Array; shape: number[] };
  const plain = (array: unknown): Given =>
    ArrayBuffer.isView(array)
      ? { data: array as Float64Array, shape: [(array as Float64Array).length] }
      : (array as Given);
  const cut = (array: unknown, from: number, count: number) => {
    const { data, shape } = plain(array);
    const row = data.length / shape[0]!;
    return { data: data.slice(from * row, (from + count) * row), shape: [count, ...shape.slice(1)] };
  };
  /** Of an array, or of arrays by name. */
  const part = (given: object, from: number, count: number): unknown =>
    ArrayBuffer.isView(given) || "shape" in given
      ? cut(given, from, count)
      : Object.fromEntries(Object.entries(given).map(([name, array]) => [name, cut(array, from, count)]));
  const first = "shape" in (inputs as object) ? inputs : Object.values(inputs)[0];
  return {
    rows: plain(first).shape[0] as number,
    batch: (from, count) =>
      ({
        inputs: part(inputs as object, from, count),
        targets: part(targets as object, from, count),
        ...(augment ? { augment } : {}),
      }) as Samples,
  };
}

/** Names of all that the recipes of these draws mention. */
export function mentioned(recipe: Recipe): string[] {
  return [...recipe.code.matchAll(/\b[a-z]\w*/gi)].map(([name]) => name);
}

/** A recipe that the library takes: what contradicts itself is refused in words, and drawn again. */
export async function drawnRecipe(random: Random, engine: Engine): Promise<Recipe> {
  for (let tries = 0; tries < 60; tries++) {
    const recipe = new Recipe(random);
    try {
      recipe.start(engine).free();
      return recipe;
    } catch (error) {
      inWords(error);
    }
  }
  throw new Error("no recipe of 60 was taken");
}

export function drawTrainer(random: Random): Drawn {
  let recipe: Recipe | null = null;
  return {
    get code() {
      return recipe?.code ?? "";
    },
    async check() {
      recipe = await drawnRecipe(random, await engineOf("release"));
      await compareWays(recipe, random);
    },
  };
}

async function compareWays(recipe: Recipe, random: Random): Promise<void> {
  const ways = new Ways(recipe, random);
  const expected = await ways.straight("release");
  const { metadata } = readSafetensors(expected.saved);
  const total = Number(metadata.step);
  const options = recipe.options(null);
  const plain = !options.method;

  const compare = async (name: string, run: () => Promise<Outcome>, without: readonly string[] = []): Promise<void> => {
    const got = await run();
    // Where a run fails, the losses of its last slice are told nobody, and how long that was is a matter of time.
    const [a, b] = [got, expected].map(({ saved: _, history, losses, ...rest }) => ({
      ...rest,
      ...(without.length > 0 ? {} : { history }),
      ...(rest.error === null ? { losses } : {}),
    }));
    const found = firstDifference(a, b) ?? fileDifference(got.saved, expected.saved, without);
    if (found) throw new Error(`${name} and at once: ${found}`);
  };

  await compare("debug", () => ways.straight("debug"));
  const small = (["dense", "images"] as const).find((build) => holds(build, recipe.code));
  if (small && plain) await compare(small, () => ways.straight(small));
  const builds: BuildName[] = ["release", "release", "debug", ...(small ? [small] : [])];
  if (plain && !options.earlyStopping) await compare("in pieces", () => ways.pieces(builds, total));
  if (plain && !options.statistics) await compare("worker", () => ways.straight(random.pick(builds), true));
  const watched = options.earlyStopping || options.targetLoss !== undefined || options.gradientTolerance !== undefined;
  const epochs = /"epoch"|plateau|swa\((?!.*unit: "step")/.test(recipe.code);
  const begun = expected.error === null || total > 0;
  if (plain && begun && options.shuffle === false && !watched && !epochs)
    await compare("batch by batch", () => ways.steps(), [
      "epoch",
      "position",
      "rows",
      "epochLoss",
      "epochPenalty",
      "epochRows",
    ]);
}
