// Draws what the layers remember: gradients by time step, accuracy against updates, a table, and all of it in words.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { checkpoints, type controls, every } from "./controls.ts";
import { type Checkpoint, type Learner, learnAll, learnersOf } from "./run.ts";
import { kindNames, symbols } from "./task.ts";
import { sequenceSentences, sequenceTable } from "./words.ts";

/** Milliseconds between two pictures while it trains, and dots of a curve. */
const pictureEvery = 100;
const dots = 10;
/** Gradients that the logarithmic axis shows at least. */
const least = 1e-20;

/** A learner at the point that is shown. */
export interface Shown {
  readonly learner: Learner;
  readonly checkpoint: Checkpoint;
}

export class SequencesDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #slices = new Slices();
  readonly #gradients: ChartBox;
  readonly #accuracies: ChartBox;
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  #wanted = "";
  #learners: readonly Learner[] = [];
  #drawn = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    const { text } = frame;
    this.#frame = frame;
    this.#engine = engine;
    this.#gradients = new ChartBox(text("gradients"), frame.chartTexts);
    this.#accuracies = new ChartBox(text("accuracies"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#gradients.element, this.#accuracies.element);
    frame.stage.replaceChildren(pictures, this.#results);
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: checkpoints }));
  }

  stop(): void {
    this.#slices.stop();
    this.#player.stop();
    this.#gradients.stop();
    this.#accuracies.stop();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    if (stage.clientWidth === 0) return;
    const { at: _at, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#learners = learnersOf(state);
      const work = learnAll(this.#engine, this.#learners, state);
      this.#slices.run(work, (done) => {
        const now = performance.now();
        if (!done && now - this.#drawn < pictureEvery) return;
        this.#drawn = now;
        this.#show();
      });
    } else this.#show();
  }

  #show(): void {
    const { state, text } = this.#frame;
    if (this.#learners.length === 0) {
      this.#gradients.show(null);
      this.#accuracies.show(null);
      this.#results.replaceChildren();
      this.#frame.tell(text("says.empty"));
      return;
    }
    const known = Math.min(...this.#learners.map((learner) => learner.checkpoints.length)) - 1;
    if (known < 0) return;
    // A layer whose loss has become infinite stays at its last point; for the others the last known one is shown.
    const running = this.#learners.filter(({ diverged }) => diverged < 0);
    const last = Math.min(checkpoints, ...running.map((learner) => learner.checkpoints.length - 1));
    const at = Math.min(Math.floor(state.at), last);
    const shown = this.#learners.map((learner) => ({
      learner,
      checkpoint: learner.checkpoints[Math.min(at, learner.checkpoints.length - 1)] as Checkpoint,
    }));
    this.#drawGradients(shown);
    this.#drawAccuracies(at);
    this.#results.replaceChildren(sequenceTable(shown, at * every, state, text));
    const sentences = sequenceSentences(shown, at * every, state, text);
    this.#frame.tell(...sentences);
    this.#frame.say(last < checkpoints ? text("status.training", { updates: last * every }) : sentences.join(" "));
  }

  #look(kind: string): { readonly name: string; readonly color: number } {
    return { name: this.#frame.text(`kinds.${kind}`), color: kindNames.indexOf(kind) };
  }

  #drawGradients(shown: readonly Shown[]): void {
    const { text, state } = this.#frame;
    const marks = shown.flatMap(({ learner, checkpoint }): PlotMark[] => {
      const look = this.#look(learner.kind);
      const points = checkpoint.norms.map((norm, k) => [k + 1, Math.max(norm, least)] as const);
      const some = points.filter((_, k) => k % Math.ceil(points.length / dots) === 0);
      return [lineMark(points, look), dotsMark(some, { ...look, shape: look.color })];
    });
    const all = shown.flatMap(({ checkpoint }) => checkpoint.norms).filter((norm) => norm > least);
    this.#gradients.show(
      plotChart(marks, {
        ...{ height: 300, xRange: [1, state.length], yScale: "log" },
        yRange: [clamp(Math.min(...all) / 3, least, 1e-3), Math.max(10, ...all) * 1.5],
        xLabel: text("axis.step"),
        yLabel: text("axis.gradient"),
      }),
    );
  }

  #drawAccuracies(at: number): void {
    const { text } = this.#frame;
    const marks = this.#learners.flatMap((learner): PlotMark[] => {
      const look = this.#look(learner.kind);
      const points = learner.checkpoints.map(({ accuracy }, k) => [k * every, 100 * accuracy] as const);
      const some = points.filter((_, k) => k % 2 === 0);
      return [lineMark(points, look), dotsMark(some, { ...look, shape: look.color })];
    });
    this.#accuracies.show(
      plotChart([ruleMark({ y: 100 / symbols }, text("chance")), ruleMark({ x: at * every }), ...marks], {
        ...{ height: 300, xRange: [0, every * checkpoints], yRange: [0, 100] },
        xLabel: text("axis.update"),
        yLabel: text("axis.accuracy"),
      }),
    );
  }
}
