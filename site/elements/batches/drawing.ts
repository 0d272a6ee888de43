// Draws the batch sizes: the cloud of gradients and its variance, the table over all sizes, and their losses. Whatever takes long is
// done in slices between frames.

import { createDataset, type Engine } from "thalweg";
import { pageDigits } from "../digits.ts";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { lossChart, varianceChart } from "./charts.ts";
import {
  type BatchGradient,
  type Cloud,
  cloudOf,
  makeGradient,
  makeSamples,
  meanOf,
  pointAt,
  singleGradients,
  varianceAbout,
} from "./cloud.ts";
import { type controls, sizeOf, tableSizes } from "./controls.ts";
import { plannedRow, type Row, type Sets, startNoise, trainRow } from "./run.ts";
import { cloudSentence, sizesTable, tableSentences } from "./words.ts";

const chartEvery = 150;
const slice = 12;

/** Clouds at one point, as far as they are known. */
interface Clouds {
  readonly key: string;
  readonly full: readonly [number, number];
  /** Mean squared distance of the gradient of a single sample. */
  readonly single: number;
  readonly reach: number;
  readonly known: Map<number, Cloud>;
}

export class BatchesDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #sets: Sets;
  readonly #gradient: BatchGradient;
  readonly #plane: Plane;
  readonly #variance: ChartBox;
  readonly #loss: ChartBox;
  readonly #table: HTMLElement;
  #clouds: Clouds | null = null;
  readonly #rows = new Map<number, Row>();
  #noise: { readonly seed: number; readonly values: Map<number, number> } | null = null;
  #sentences: string[] = [];
  #isWorking = false;
  #isEnded = false;
  #charted = 0;
  #sliceBegan = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine, sets: Sets) {
    this.#frame = frame;
    this.#engine = engine;
    this.#sets = sets;
    this.#gradient = makeGradient(engine);
    this.#plane = new Plane(frame.text("cloud"));
    this.#variance = new ChartBox(frame.text("variance"), frame.chartTexts);
    this.#loss = new ChartBox(frame.text("loss"), frame.chartTexts);
    this.#table = tableBox(frame.text("table"));
    const title = html("p", { class: "part" }, frame.text("cloud.title"));
    const left = html("div", { class: "cloud" }, title, this.#plane.element);
    const pictures = html("div", { class: "pictures" }, left, this.#variance.element);
    frame.stage.replaceChildren(pictures, this.#table, this.#loss.element);
  }

  static async make(frame: Frame<typeof controls>, engine: Engine): Promise<BatchesDrawing> {
    const digits = await pageDigits();
    const [train, test] = [createDataset(engine, digits.train), createDataset(engine, digits.test)];
    return new BatchesDrawing(frame, engine, { train, test, digits });
  }

  stop(): void {
    this.#isEnded = true;
    this.#variance.stop();
    this.#loss.stop();
    // What is training ends at its next pause, and frees the digits.
    if (!this.#isWorking) this.#free();
  }

  #free(): void {
    this.#gradient.free();
    this.#sets.train.free();
    this.#sets.test.free();
  }

  draw(): void {
    if (this.#frame.stage.clientWidth === 0) return;
    this.#drawCloud();
    void this.#work();
    this.#show();
  }

  /** The cloud of the present size, computed if it is not known. */
  #cloud(size: number): Cloud {
    const { seed, distance } = this.#frame.state;
    const samples = makeSamples(seed);
    const at = pointAt(samples, distance);
    const key = `${seed} ${distance}`;
    if (this.#clouds?.key !== key) {
      const singles = singleGradients(this.#gradient, samples, at);
      const full = meanOf(singles);
      const single = varianceAbout(singles, full);
      this.#clouds = { key, full, single, reach: 2 * Math.sqrt(single), known: new Map() };
    }
    const { known, full } = this.#clouds;
    const cloud = known.get(size) ?? cloudOf(this.#gradient, samples, size, { at, full, seed });
    known.set(size, cloud);
    return cloud;
  }

  #drawCloud(): void {
    const { state } = this.#frame;
    const cloud = this.#cloud(sizeOf(state.size));
    const { full, reach } = this.#clouds as Clouds;
    const width = (this.#plane.element.parentElement as HTMLElement).clientWidth;
    this.#plane.layOut(width, clamp(Math.round(width * 0.75), 220, 320), [-reach, reach], [-reach, reach]);
    const { x, y } = this.#plane;
    const dots = cloud.points.map(([u, v]) =>
      svg("circle", { class: "dot f0", cx: x(u).toFixed(1), cy: y(v).toFixed(1), r: 2 }),
    );
    const [left, top] = [x(full[0]), y(full[1])];
    const axes = svg("path", {
      class: "grid",
      d: `M${x(-reach)} ${y(0)}H${x(reach)}M${x(0)} ${y(reach)}V${y(-reach)}`,
    });
    this.#plane.marks.replaceChildren(
      ...[axes, ...dots],
      svg("path", { class: "halo", d: `M${x(0)} ${y(0)}L${left} ${top}` }),
      svg("path", { class: "curve s1", d: `M${x(0)} ${y(0)}L${left} ${top}` }),
      svg("circle", { class: "head f1", cx: left, cy: top, r: 5 }),
      ...axisNames(this.#plane, "∂L/∂θ₀", "∂L/∂θ₁"),
    );
  }

  /** Measures and trains until everything is as the newest state wants it. */
  async #work(): Promise<void> {
    if (this.#isWorking || !this.#hasWork()) return;
    this.#isWorking = true;
    try {
      while (!this.#isEnded && this.#hasWork()) {
        await this.#measureClouds();
        await this.#measureNoise();
        const row = this.#nextRow();
        if (!row || this.#isEnded) continue;
        this.#rows.set(row.size, row);
        // A row that is no longer wanted makes place for the one that is.
        await trainRow(this.#engine, this.#sets, row, this.#frame.state, async () => {
          await this.#pause();
          return !this.#isEnded && plannedRow(row.size, this.#frame.state).key === row.key;
        });
      }
    } finally {
      this.#isWorking = false;
    }
    if (this.#isEnded) this.#free();
    else this.#frame.redraw();
  }

  #hasWork(): boolean {
    const { seed } = this.#frame.state;
    return this.#noise?.seed !== seed || this.#nextSize() !== undefined || this.#nextRow() !== null;
  }

  /** A batch size whose cloud is not known. */
  #nextSize(): number | undefined {
    return Array.from({ length: 9 }, (_, k) => sizeOf(k)).find((size) => !this.#clouds?.known.has(size));
  }

  /** The row to train next, the fast ones with large batches first. */
  #nextRow(): Row | null {
    for (const size of [...tableSizes].reverse()) {
      const row = plannedRow(size, this.#frame.state);
      const known = this.#rows.get(size);
      if (known?.key !== row.key || !known.isDone) return row;
    }
    return null;
  }

  async #measureClouds(): Promise<void> {
    for (let size = this.#nextSize(); size !== undefined && !this.#isEnded; size = this.#nextSize()) {
      this.#cloud(size);
      await this.#pause();
    }
  }

  async #measureNoise(): Promise<void> {
    const { seed } = this.#frame.state;
    if (this.#noise?.seed === seed) return;
    const values = new Map<number, number>();
    this.#noise = { seed, values };
    for (const [size, value] of startNoise(this.#engine, this.#sets.digits, tableSizes, seed)) {
      values.set(size, value);
      await this.#pause();
      if (this.#isEnded) return;
    }
  }

  async #pause(): Promise<void> {
    if (performance.now() - this.#sliceBegan < slice) return;
    await new Promise(requestAnimationFrame);
    this.#sliceBegan = performance.now();
    if (!this.#isEnded && this.#sliceBegan - this.#charted > chartEvery) this.#show();
  }

  #show(): void {
    const { state, text } = this.#frame;
    const cloud = this.#cloud(sizeOf(state.size));
    const { single, known } = this.#clouds as Clouds;
    const rows = tableSizes.map((size) => this.#rows.get(size) ?? plannedRow(size, state));
    const noise = this.#noise?.values ?? new Map<number, number>();
    const now = performance.now();
    if (!this.#isWorking || now - this.#charted > chartEvery) {
      this.#charted = now;
      const measured = new Map([...known].map(([size, { variance }]) => [size, variance]));
      this.#variance.show(varianceChart(measured, single, state, text));
      this.#table.replaceChildren(sizesTable(rows, noise, state, text));
      this.#loss.show(lossChart(rows, state, text));
    }
    if (!this.#isWorking) this.#sentences = tableSentences(rows, noise, state, text);
    const sentence = cloudSentence(cloud, single, state, text);
    const rest = this.#hasWork() ? [text("says.training")] : this.#sentences;
    this.#frame.tell(sentence, ...rest);
    this.#frame.say(sentence);
  }
}
