// Draws the learning rates: trains what the state needs and is not trained yet, in slices between frames, and shows all of it up
// to a step.

import { createDataset, type Engine, type LearningRates } from "thalweg";
import { pageDigits } from "../digits.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { accuracyChart, type Look, lossChart, rangeChart, type Shown } from "./charts.ts";
import { type controls, networkNames, type State } from "./controls.ts";
import { pastWith } from "./past.ts";
import { type Digits, plannedRun, type Run, testRates, train } from "./run.ts";
import { plannedSentence, ratesTable, reachedAt, resultSentences, stepWords } from "./words.ts";

/** Milliseconds between two pictures of the charts while something moves, and a slice of work between two frames. */
const chartEvery = 120;
const slice = 12;
const chartHeight = 300;

export class RatesDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #digits: Digits;
  readonly #player: Player<typeof controls>;
  readonly #loss: ChartBox;
  readonly #accuracy: ChartBox;
  readonly #range: ChartBox;
  readonly #table: HTMLElement;
  /** The last run of each network. */
  readonly #runs = new Map<string, Run>();
  #tested: { readonly seed: number; readonly rates: LearningRates } | null = null;
  #results: string[] = [];
  #before: State;
  #isWorking = false;
  #isEnded = false;
  #charted = 0;
  #sliceBegan = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine, digits: Digits) {
    this.#frame = frame;
    this.#engine = engine;
    this.#digits = digits;
    this.#before = frame.state;
    this.#loss = new ChartBox(frame.text("loss"), frame.chartTexts);
    this.#accuracy = new ChartBox(frame.text("accuracy"), frame.chartTexts);
    this.#range = new ChartBox(frame.text("range"), frame.chartTexts);
    this.#table = tableBox(frame.text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#loss.element, this.#accuracy.element);
    const beside = html("div", { class: "beside-test" });
    beside.append(this.#table, this.#range.element);
    frame.stage.replaceChildren(pictures, beside);
    this.#player = new Player(frame, () => frame.state);
  }

  /** The figure on the page's digits, as data sets of the engine. */
  static async make(frame: Frame<typeof controls>, engine: Engine): Promise<RatesDrawing> {
    const { train: inputs, test } = await pageDigits();
    return new RatesDrawing(frame, engine, {
      train: createDataset(engine, inputs),
      test: createDataset(engine, test),
      images: test.inputs,
    });
  }

  stop(): void {
    this.#isEnded = true;
    this.#player.stop();
    for (const chart of [this.#loss, this.#accuracy, this.#range]) chart.stop();
    // What is training ends at its next pause, and frees the digits.
    if (!this.#isWorking) this.#free();
  }

  #free(): void {
    this.#digits.train.free();
    this.#digits.test.free();
  }

  draw(): void {
    if (this.#rememberRates()) return;
    void this.#work();
    this.#show();
  }

  /** Keeps the rates until now, if they are changed on the way; true if the state changes by it. */
  #rememberRates(): boolean {
    const { state } = this.#frame;
    const before = this.#before;
    this.#before = state;
    const at = Math.floor(state.at);
    if (state.from === "start" || at === 0 || at >= state.steps || before.rates === state.rates) return false;
    const others = ["networks", "past", "batch", "steps", "seed", "from"] as const;
    if (others.some((key) => JSON.stringify(before[key]) !== JSON.stringify(state[key]))) return false;
    const past = pastWith(state.past, before.rates, state.rates, at);
    if (past === state.past) return false;
    this.#frame.set({ past });
    return true;
  }

  /** Trains until everything is as the newest state wants it. */
  async #work(): Promise<void> {
    const { seed } = this.#frame.state;
    if (this.#isWorking || (!this.#next() && this.#tested?.seed === seed)) return;
    this.#isWorking = true;
    try {
      for (let next = this.#next(); next && !this.#isEnded; next = this.#next()) {
        const { name, run } = next;
        this.#runs.set(name, run);
        await train(this.#engine, this.#digits, run, this.#frame.state, () => this.#pause());
      }
      if (!this.#isEnded && this.#tested?.seed !== seed)
        this.#tested = { seed, rates: testRates(this.#engine, this.#digits, seed) };
    } finally {
      this.#isWorking = false;
    }
    if (this.#isEnded) this.#free();
    else this.#frame.redraw();
  }

  /** The first network whose run is not the one that the state wants. */
  #next(): { name: string; run: Run } | null {
    const { state } = this.#frame;
    for (const name of state.networks) {
      const run = plannedRun(name, state);
      const known = this.#runs.get(name);
      if (known?.key !== run.key) return { name, run };
    }
    return null;
  }

  /** Lets frames be drawn; false if the figure has ended. */
  async #pause(): Promise<boolean> {
    if (performance.now() - this.#sliceBegan > slice) {
      await new Promise(requestAnimationFrame);
      this.#sliceBegan = performance.now();
      if (!this.#isEnded && this.#sliceBegan - this.#charted > chartEvery) this.#show();
    }
    return !this.#isEnded;
  }

  #show(): void {
    const { state, text, stage } = this.#frame;
    if (stage.clientWidth === 0) return;
    const at = Math.floor(state.at);
    const shown: Shown[] = state.networks.flatMap((name) => {
      const run = this.#runs.get(name);
      return run && run.losses.length > 0 ? [{ name, look: networkNames.indexOf(name as "A"), run }] : [];
    });
    const reached = shown.map((network) => reachedAt(network, at, state.smoothing));
    const now = performance.now();
    const isMoving = this.#isWorking || this.#player.isPlaying;
    if (!isMoving || now - this.#charted > chartEvery) {
      this.#charted = now;
      this.#chart(shown, { state, at, height: chartHeight, text });
      this.#table.replaceChildren(ratesTable(reached, at, state.smoothing, text));
    }
    if (!this.#tested) return;
    // While networks are trained, or the run plays, the words about the last result stay.
    if (!isMoving) this.#results = resultSentences(reached, this.#tested.rates, text);
    if (!this.#player.isPlaying) this.#frame.tell(plannedSentence(state, at, text), ...this.#results);
    if (!this.#isWorking) this.#frame.say(stepWords(reached, at, state.steps, text));
  }

  #chart(shown: readonly Shown[], look: Look): void {
    this.#loss.show(lossChart(shown, look));
    this.#accuracy.show(accuracyChart(shown, look));
    this.#range.show(this.#tested && rangeChart(this.#tested.rates, shown, { ...look, height: 240 }));
  }
}
