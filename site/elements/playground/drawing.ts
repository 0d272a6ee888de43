// Draws the playground and runs it: one loop, a turn a frame, that trains for some milliseconds, and then shows what there is.

import type { Engine } from "thalweg";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, fullPace, mostSteps, type State } from "./controls.ts";
import { lossChart } from "./curves.ts";
import { cutsOf } from "./cuts.ts";
import { type Data, dataKeys, dataOf } from "./data.ts";
import { type Sheet, type Sheets, sheetsOf, sizeOf } from "./lattice.ts";
import { Legend } from "./legend.ts";
import { PlaneMap } from "./map.ts";
import { planKeys, planOf } from "./model.ts";
import { NetworkDrawing } from "./network.ts";
import { changesOf, isFree } from "./optimizers.ts";
import { paletteOf } from "./palette.ts";
import { addedPoint, erasedPoint } from "./pen.ts";
import { Training } from "./training.ts";
import { weightsOf } from "./weights.ts";
import { confusionTable, layerTable, sentences, stepWords } from "./words.ts";

/** Milliseconds of training in a frame while it plays, and while it goes to a step that was chosen. */
const budget = { playing: 8, going: 24 };
/** While it trains, chart, tables and words follow after so many milliseconds, and what is costly to draw of the map. */
const slowly = 150;
/** Width from which on the map stands beside the network, and the gap between them, in pixels. */
const wide = 600;
const gap = 16;
/** Pixels that a unit of the network is high, at least. */
const least = 25;

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

export class PlaygroundDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #pictures = html("div", { class: "pictures" });
  readonly #map: PlaneMap;
  readonly #network: NetworkDrawing;
  readonly #legend: Legend;
  readonly #chart: ChartBox;
  readonly #tables: HTMLElement;
  readonly #stopped = new AbortController();
  #training: Training | null = null;
  #key = "";
  /** Rate of the state that was drawn last, and the text of the former ones. */
  #rate = 0;
  #rates = "";
  #layout = "";
  #view = "";
  #isRunning = false;
  /** True if something has changed since the last turn began. */
  #isWanted = false;
  #isPlaying = false;
  /** Steps that the pace still owes, and the time of the last turn. */
  #owed = 0;
  #last = 0;
  #shown = 0;
  #isStale = true;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text } = frame;
    this.#map = new PlaneMap(text("plane"), text("cursor"), {
      add: (point) => this.#setPoints(addedPoint(frame.state, point)),
      erase: (point) => this.#setPoints(erasedPoint(frame.state.points, point)),
    });
    const words = {
      unit: (layer: number, unit: number) => text("unit", { layer, unit }),
      output: (kind: number) => text("output", { kind }),
      head: (column: number, last: number) =>
        column === 0 ? text("head.features") : column === last ? text("head.output") : String(column),
    };
    this.#network = new NetworkDrawing(text("network"), words, (view) => this.#frame.set({ view }));
    this.#legend = new Legend(text);
    this.#chart = new ChartBox(text("loss"), frame.chartTexts);
    this.#tables = tableBox(text("tables"));
    const map = html("div", { class: "mapped" }, this.#map.element, this.#legend.element);
    this.#pictures.append(this.#network.element, map, this.#chart.element, this.#tables);
    frame.stage.replaceChildren(this.#pictures);
    this.#listen();
  }

  #listen(): void {
    const { on } = this.#frame;
    on("play", () => this.#play(!this.#isPlaying));
    on("next", () => this.#jump((step) => step + 1));
    on("epoch", () => this.#jump((step, epoch) => (Math.floor(step / epoch) + 1) * epoch));
    on("restart", () => {
      this.#play(false);
      this.#frame.set({ steps: 0, rates: undefined });
    });
    on("save", () => this.#save());
  }

  #setPoints(points: string | null): void {
    if (points !== null) this.#frame.set({ points });
  }

  #play(isPlaying: boolean): void {
    if (isPlaying === this.#isPlaying) return;
    const training = this.#training;
    const isEnded = training?.ending || (training && training.step >= this.#frame.state.limit);
    // Without motion the last step is shown at once.
    if (isPlaying && this.#frame.still) {
      this.#frame.set({ steps: this.#frame.state.limit });
      return;
    }
    this.#isPlaying = isPlaying;
    [this.#owed, this.#last] = [0, performance.now()];
    this.#frame.label("play", this.#frame.text(isPlaying ? "pause" : "play"));
    // What has ended begins anew.
    if (isPlaying && isEnded) this.#frame.set({ steps: 0 });
    this.#isStale = true;
    this.draw();
  }

  #jump(next: (step: number, epoch: number) => number): void {
    this.#play(false);
    const training = this.#training;
    if (training) this.#frame.set({ steps: Math.min(next(training.step, training.stepsOfEpoch), mostSteps) });
  }

  draw(): void {
    this.#isWanted = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#loop().finally(() => {
      this.#isRunning = false;
    });
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    let time = performance.now();
    while (!signal.aborted) {
      this.#isWanted = false;
      const isBusy = await this.#turn(time);
      if (signal.aborted || !(isBusy || this.#isWanted)) break;
      time = await nextFrame();
    }
    if (signal.aborted) await this.#endTraining();
  }

  /** One turn; returns true if there is more to do. */
  async #turn(time: number): Promise<boolean> {
    const { stage, state } = this.#frame;
    if (stage.clientWidth === 0) return false;
    const data = dataOf(this.#engine, state);
    if (data.train.length === 0) return this.#showEmpty(data);
    const training = await this.#current(data, state);
    this.#followRate(training, state);
    const { steps } = this.#frame.state;
    const wasPlaying = this.#isPlaying;
    const target = wasPlaying ? this.#paced(training, time) : steps;
    const isDue = training.step < Math.min(target, state.limit) && !training.ending;
    if (isDue) {
      await training.advance(target, wasPlaying ? budget.playing : budget.going, !wasPlaying);
      this.#isStale = true;
    }
    if (this.#stopped.signal.aborted) return false;
    const isOpen = !training.ending && training.step < state.limit;
    const more = isOpen && (wasPlaying ? this.#isPlaying : training.step < target);
    if (!more && this.#isPlaying) this.#play(false);
    this.#paint(training, more);
    const isNews = wasPlaying ? steps !== training.step : !more && training.step > steps;
    // What the user has chosen in the meantime counts.
    const isSame = this.#key === keyOf(this.#frame.state) && steps === this.#frame.state.steps;
    if (isNews && isSame) this.#frame.set({ steps: training.step });
    return more;
  }

  /** The training of a state: the present one, or a new one where that cannot go on to it. */
  async #current(data: Data, state: State): Promise<Training> {
    const key = keyOf(state);
    const last = this.#training;
    const isBack = last !== null && !this.#isPlaying && state.steps < last.step;
    const isRestart = last !== null && this.#isPlaying && state.steps === 0 && last.step > 0;
    const isOther = state.rates !== this.#rates;
    if (last && key === this.#key && !isBack && !isRestart && !isOther) return last;
    await this.#endTraining();
    [this.#key, this.#rate, this.#rates] = [key, state.rate, state.rates];
    if (this.#isPlaying) this.#frame.set({ steps: 0 });
    this.#training = new Training(this.#engine, planOf(state), data, state, changesOf(state));
    this.#layout = "";
    this.#isStale = true;
    return this.#training;
  }

  /** Shows a plane without samples, on which nothing can be trained. */
  async #showEmpty(data: Data): Promise<boolean> {
    await this.#endTraining();
    this.#play(false);
    const { stage, text } = this.#frame;
    this.#layOutMap(data, stage.clientWidth);
    this.#layout = "";
    this.#pictures.classList.add("empty");
    this.#frame.tell(text("says.empty"));
    this.#frame.say(text("says.empty"));
    return false;
  }

  /** Takes a changed rate from the present step on. */
  #followRate(training: Training, state: State): void {
    if (state.rate === this.#rate) return;
    const former = `${training.step}:${this.#rate}`;
    const isSame = changesOf(state).at(-1)?.[0] === training.step;
    const rates = isSame || training.step === 0 ? state.rates : [state.rates, former].filter(Boolean).join(",");
    [this.#rate, this.#rates] = [state.rate, rates];
    training.change(changesOf({ ...state, rates }));
    this.#frame.set({ rates });
    this.#isStale = true;
  }

  /** The step that the pace has reached. */
  #paced({ step }: Training, time: number): number {
    const { pace } = this.#frame.state;
    if (pace >= fullPace) return mostSteps;
    this.#owed += (Math.max(0, Math.min(100, time - this.#last)) / 1000) * 10 ** pace;
    this.#last = time;
    const whole = Math.floor(this.#owed);
    this.#owed -= whole;
    return step + whole;
  }

  #paint(training: Training, isMoving: boolean): void {
    const { stage, state, text } = this.#frame;
    const now = performance.now();
    const layout = `${stage.clientWidth} ${this.#key}`;
    const isNew = layout !== this.#layout;
    if (isNew) this.#layOut(training, layout);
    const palette = paletteOf(stage);
    const look = JSON.stringify([state.view, state.cuts, palette]);
    if (!this.#isStale && look === this.#view) return;
    if (this.#frame.still && isMoving && !isNew) return;
    const isSlow = isNew || !isMoving || now - this.#shown >= slowly;
    [this.#isStale, this.#view] = [!isSlow, look];
    const sheets = sheetsOf(training);
    const weights = weightsOf(training);
    const { sheet, column } = this.#viewed(sheets, state.view);
    const scale = column === null ? 1 : sizeOf(sheet, column);
    this.#map.paint(palette, sheet, column, scale);
    this.#network.paint(palette, sheets, weights, training.data.task === "classes");
    this.#network.select(column === null ? "" : state.view);
    this.#map.drawLines(sheet, column, cutsOf(training, state));
    if (!isSlow) return;
    this.#shown = now;
    this.#chart.show(lossChart(training, { height: 230, changes: isFree(state) ? changesOf(state) : [], text }));
    const tables = [layerTable(training, text), confusionTable(training, text)];
    this.#tables.replaceChildren(...tables.filter((table) => table !== null));
    this.#frame.tell(...sentences(training, state, weights, text));
    this.#frame.say(stepWords(training, text));
    // The test of memory reads it.
    stage.dataset.bytes = String(this.#engine.bytesInUse);
  }

  /** The sheet that the large map shows, and its column; null for the output. */
  #viewed(sheets: Sheets, view: string): { sheet: Sheet; column: number | null } {
    const [layer, unit] = view.split(".").map(Number);
    const sheet = sheets.hidden[(layer ?? 0) - 1];
    if (!sheet || !unit || unit > sheet.columns) return { sheet: sheets.output, column: null };
    return { sheet, column: unit - 1 };
  }

  #layOut(training: Training, layout: string): void {
    this.#layout = layout;
    this.#pictures.classList.remove("empty");
    const width = this.#frame.stage.clientWidth;
    const { mapWidth, height } = this.#layOutMap(training.data, width);
    const most = Math.max(...training.plan.hidden.map(({ units }) => units), training.plan.features.length);
    const tall = Math.max(height - 20, most * least);
    this.#network.layOut(training, width >= wide ? width - gap - mapWidth : width, tall);
  }

  #layOutMap(data: Data, width: number) {
    const mapWidth = width >= wide ? Math.floor((width - gap) * 0.5) : width;
    const height = Math.round(clamp(mapWidth * 0.94, 250, 380));
    this.#map.layOut(mapWidth, height);
    this.#map.setSamples(data);
    this.#legend.show(data);
    return { mapWidth, height };
  }

  /** Gives the weights, the optimizer's state and the model as a file. */
  #save(): void {
    const training = this.#training;
    if (!training) return;
    const bytes = training.trainer.save();
    const file = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
    const link = html("a", { href: file, download: `playground-${training.step}.safetensors` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(file), 1000);
    this.#frame.say(this.#frame.text("saved", { bytes: bytes.length, step: training.step }));
  }

  async #endTraining(): Promise<void> {
    const training = this.#training;
    this.#training = null;
    await training?.end();
  }

  stop(): void {
    this.#stopped.abort();
    this.#chart.stop();
    if (!this.#isRunning) void this.#endTraining();
  }
}

/** All of a state that decides the numbers, but for the rate and the step. */
const keyOf = (state: State): string =>
  JSON.stringify(
    [...dataKeys, ...planKeys, ...(isFree(state) ? [] : ["rate"])].map((key) => state[key as keyof State]),
  );
