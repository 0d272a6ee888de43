// The network: features, hidden units and outputs as small maps of what each gives over the plane, and the weights between them as
// lines, as thick as they are large, dashed where they are negative.

import { html } from "../kit/dom.ts";
import { signOf } from "./features.ts";
import { type Sheet, type Sheets, side, sizeOf } from "./lattice.ts";
import { paintSmall } from "./map.ts";
import { type Palette, writeValue } from "./palette.ts";
import type { Training } from "./training.ts";
import type { Weights } from "./weights.ts";

const stride = 2;
const small = (side + 1) / stride;
const node = 30;
/** Part of the color of the largest values; there are no marks that must stand out. */
const bold = 0.9;

type Place = readonly [x: number, y: number];

interface Words {
  unit(layer: number, unit: number): string;
  output(kind: number): string;
  head(column: number, columns: number): string;
}

export class NetworkDrawing {
  readonly element = html("div", { class: "network" });
  readonly #links = html("canvas", { class: "links", "aria-hidden": "true" });
  readonly #nodes = html("div", { class: "nodes" });
  readonly #words: Words;
  readonly #choose: (view: string) => void;
  #built = "";
  #columns: Place[][] = [];
  #canvases: HTMLCanvasElement[][] = [];
  #buttons = new Map<string, HTMLElement>();

  /** `choose` shows a unit in the large map: "layer.unit" from 1, or "" for the output. */
  constructor(label: string, words: Words, choose: (view: string) => void) {
    this.#words = words;
    this.#choose = choose;
    this.element.append(this.#links, this.#nodes);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", label);
  }

  /** Lays out the columns for a size; builds the nodes anew if the network has another form. */
  layOut({ plan }: Training, width: number, height: number): void {
    const counts = [plan.features.length, ...plan.hidden.map(({ units }) => units), plan.outputs];
    const form = JSON.stringify([plan.features, counts, width, height]);
    if (form === this.#built) return;
    this.#built = form;
    const ratio = Math.min(2, devicePixelRatio);
    Object.assign(this.#links, { width: width * ratio, height: height * ratio });
    Object.assign(this.element.style, { height: `${height}px` });
    const top = 22;
    const most = Math.max(...counts);
    const gap = Math.min(40, (height - top) / most);
    const left = node / 2 + 18;
    this.#columns = counts.map((count, column) =>
      Array.from({ length: count }, (_, k) => [
        left + (column * (width - left - node / 2 - 2)) / (counts.length - 1),
        top + (height - top) / 2 + (k - (count - 1) / 2) * gap,
      ]),
    );
    this.#build(plan.features, gap);
  }

  #build(features: readonly string[], gap: number): void {
    this.#buttons.clear();
    this.#canvases = [];
    const size = Math.min(node, gap - 4);
    const last = this.#columns.length - 1;
    const parts = this.#columns.flatMap((column, k) => {
      const canvases: HTMLCanvasElement[] = [];
      if (k > 0) this.#canvases.push(canvases);
      const head = html("span", { class: "head" }, this.#words.head(k, last));
      Object.assign(head.style, { left: `${column[0]?.[0]}px` });
      const nodes = column.map((place, unit) => {
        if (k === 0)
          return placed(html("span", { class: "node feature" }, signOf(features[unit] as string)), place, size);
        const canvas = html("canvas", { width: small, height: small, "aria-hidden": "true" });
        canvases.push(canvas);
        const view = k === last ? "" : `${k}.${unit + 1}`;
        const label = k === last ? this.#words.output(unit) : this.#words.unit(k, unit + 1);
        const button = html("button", { type: "button", class: "node", "aria-label": label, title: label }, canvas);
        button.addEventListener("click", () => this.#choose(view));
        this.#buttons.set(k === last ? `output${unit}` : view, button);
        return placed(button, place, size);
      });
      return [head, ...nodes];
    });
    this.#nodes.replaceChildren(...parts);
  }

  /** Marks the unit that the large map shows. */
  select(view: string): void {
    for (const [name, button] of this.#buttons) {
      const isShown = name === view || (view === "" && name.startsWith("output"));
      button.setAttribute("aria-pressed", String(isShown));
    }
  }

  paint(palette: Palette, sheets: Sheets, weights: readonly Weights[], isClasses: boolean): void {
    for (const [layer, canvases] of this.#canvases.entries()) {
      const isOutput = layer === this.#canvases.length - 1;
      const sheet = (isOutput ? sheets.output : sheets.hidden[layer]) as Sheet;
      for (const [unit, canvas] of canvases.entries())
        if (isOutput && isClasses) this.#paintProbability(palette, canvas, sheet, unit);
        else paintColumn(palette, canvas, sheet, unit, isOutput ? 1 : sizeOf(sheet, unit));
    }
    this.#paintLinks(palette, weights);
  }

  #paintProbability(palette: Palette, canvas: HTMLCanvasElement, { values, columns }: Sheet, kind: number): void {
    const own: Palette = { ...palette, classes: [palette.ground, palette.classes[kind] as never] };
    paintSmall(canvas, small, stride, (out, at, k) =>
      writeValue(own, out, at, values[k * columns + kind] as number, bold),
    );
  }

  #paintLinks({ classes }: Palette, weights: readonly Weights[]): void {
    const context = this.#links.getContext("2d") as CanvasRenderingContext2D;
    const ratio = Math.min(2, devicePixelRatio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#links.width, this.#links.height);
    const [negative, positive] = classes.map((color) => `rgb(${color.join(" ")})`);
    for (const [k, { data, inputs, outputs }] of weights.entries())
      for (let from = 0; from < inputs; from++)
        for (let to = 0; to < outputs; to++) {
          const weight = data[from * outputs + to] as number;
          const width = Math.min(5, 1.5 * Math.sqrt(Math.abs(weight)));
          if (!(width > 0.12)) continue;
          const [[x0, y0], [x1, y1]] = [this.#columns[k]?.[from], this.#columns[k + 1]?.[to]] as [Place, Place];
          context.strokeStyle = (weight < 0 ? negative : positive) as string;
          context.globalAlpha = 0.55;
          context.lineWidth = width;
          context.setLineDash(weight < 0 ? [5, 3] : []);
          context.beginPath();
          context.moveTo(x0, y0);
          context.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
          context.stroke();
        }
  }
}

function placed<E extends HTMLElement>(element: E, [x, y]: Place, size: number): E {
  Object.assign(element.style, {
    left: `${x - size / 2}px`,
    top: `${y - size / 2}px`,
    width: `${size}px`,
    height: `${size}px`,
  });
  return element;
}

function paintColumn(palette: Palette, canvas: HTMLCanvasElement, sheet: Sheet, column: number, scale: number): void {
  const { values, columns, middle } = sheet;
  paintSmall(canvas, small, stride, (out, at, k) =>
    writeValue(palette, out, at, ((values[k * columns + column] as number) - middle) / scale, bold),
  );
}
