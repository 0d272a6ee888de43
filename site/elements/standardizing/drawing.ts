// Draws level sets of the loss and the path of gradient descent, for the features as they are and scaled.

import { axisNames } from "../kit/axisNames.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { bands } from "../kit/style.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, reach } from "./controls.ts";
import type { descents, Side } from "./descent.ts";
import { sentences, sidesTable, spoken } from "./words.ts";

/** Updates that are drawn. */
const drawn = 60;
const angles = Array.from({ length: 180 }, (_, k) => (2 * Math.PI * k) / 180);

export class StandardizingDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #descents: ReturnType<typeof descents>;
  readonly #planes: readonly [Plane, Plane];
  readonly #heads = [html("p", { class: "head-line" }), html("p", { class: "head-line" })] as const;
  readonly #results: HTMLElement;
  #sides: readonly [Side, Side] | null = null;
  #computed = "";
  #width = 0;

  constructor(frame: Frame<typeof controls>, own: ReturnType<typeof descents>) {
    this.#frame = frame;
    this.#descents = own;
    const { text } = frame;
    const plane = (key: string): Plane =>
      new Plane(text(key), [{ name: "start", label: text("start.handle"), move: (start) => frame.set({ start }) }]);
    this.#planes = [plane("plane.before"), plane("plane.after")];
    this.#results = tableBox(text("table.features"));
    const boxes = this.#planes.map(({ element }, k) => html("div", {}, this.#heads[k] as HTMLElement, element));
    const key = legendOf([
      { look: "level", words: text("legend.level") },
      { look: "curve s1", words: text("legend.path", { drawn }) },
    ]);
    frame.stage.replaceChildren(html("div", { class: "pictures" }, ...boxes), key, this.#results);
  }

  stop(): void {
    this.#descents.free();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const wanted = JSON.stringify(state);
    if (wanted !== this.#computed || !this.#sides) {
      this.#computed = wanted;
      this.#sides = this.#descents.compute(state);
    }
    const planeWidth = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(planeWidth * 0.9, 240, 380));
    for (const [k, plane] of this.#planes.entries()) {
      if (this.#width !== width) plane.layOut(planeWidth, height, [-reach, reach], [-reach, reach]);
      this.#drawSide(plane, this.#sides[k as 0 | 1], planeWidth, height);
      plane.movePoints({ start: state.start });
      this.#heads[k as 0 | 1].textContent = k === 0 ? text("before") : text(`scaling.${state.scaling}`);
    }
    this.#width = width;
    this.#results.replaceChildren(sidesTable(this.#sides, state, text));
    this.#frame.tell(...sentences(this.#sides, state, text));
    this.#frame.say(spoken(this.#sides, text));
  }

  /** Levels at squares of an eighth of the start's, as ellipses along the eigenvectors. */
  #drawSide(plane: Plane, { matrix, values, vectors, path }: Side, width: number, height: number): void {
    const { x, y, marks } = plane;
    const [u, v] = this.#frame.state.start;
    const start = Math.max(matrix[0] * u * u + 2 * matrix[1] * u * v + matrix[2] * v * v, 1e-12);
    const ellipse = (share: number): string => {
      const [long, short] = values.map((value) => Math.sqrt((start * share * share) / value)) as [number, number];
      const points = angles.map((angle) => {
        const [p, q] = [long * Math.cos(angle), short * Math.sin(angle)];
        const at = (row: number): number => (vectors[2 * row] as number) * p + (vectors[2 * row + 1] as number) * q;
        return `${x(at(0)).toFixed(1)} ${y(at(1)).toFixed(1)}`;
      });
      return `M${points.join("L")}Z`;
    };
    const trail = new Trail(drawn + 1, (k) => [x(path[2 * k] as number), y(path[2 * k + 1] as number)]);
    const d = trail.upTo(drawn);
    marks.replaceChildren(
      svg("rect", { class: `band${bands - 1}`, width, height }),
      ...Array.from({ length: bands - 1 }, (_, k) =>
        svg("path", { class: `band${bands - 2 - k} level`, d: ellipse((bands - 1 - k) / 8) }),
      ),
      svg("path", { class: "minimum", d: `M${x(0) - 5} ${y(0)}h10M${x(0)} ${y(0) - 5}v10` }),
      svg("path", { class: "halo", d }),
      svg("path", { class: "curve s1", d }),
      ...Array.from({ length: drawn }, (_, k) => trail.at(k + 1) as readonly [number, number]).map(([cx, cy]) =>
        svg("circle", { class: "f1", cx, cy, r: 2.5 }),
      ),
      ...axisNames(plane, "w₁ − w₁°", "w₂ − w₂°"),
    );
  }
}
