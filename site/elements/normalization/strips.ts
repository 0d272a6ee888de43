// Two strips of dots, inputs above and outputs below, with a line from each input to its output.

import { plotScale } from "thalweg/plot";
import { svg } from "../kit/dom.ts";
import { momentsOf, type Shown } from "./batches.ts";

/** Range of values that is drawn. */
const range = [-4, 10] as const;
const [top, bottom, height] = [44, 170, 214];

export class Strips {
  readonly element = svg("svg", { class: "strips" });
  readonly #title: SVGTitleElement;
  readonly #names: readonly [string, string];

  constructor(label: string, names: readonly [string, string]) {
    this.#title = svg("title", {}, label);
    this.#names = names;
  }

  draw(width: number, { inputs, outputs }: Shown): void {
    const x = plotScale("linear", range, [8, width - 8]);
    const place = (value: number): string => x(Math.max(range[0], Math.min(range[1], value))).toFixed(1);
    const rows = [
      { y: top, values: inputs, look: 1 },
      { y: bottom, values: outputs, look: 0 },
    ];
    const lines = Array.from(inputs, (value, k) => `M${place(value)} ${top}L${place(outputs[k] as number)} ${bottom}`);
    const strip = ({ y, values, look }: (typeof rows)[number]): SVGElement[] => {
      const { mean, deviation } = momentsOf(values);
      const dots = Array.from(values, (value) => `M${place(value)} ${y}h0`).join("");
      const up = y === top ? -12 : 12;
      return [
        svg("path", { class: "axis", d: `M8 ${y}H${width - 8}` }),
        svg("path", { class: `dots s${look}`, d: dots }),
        svg("path", { class: `span s${look}`, d: `M${place(mean - deviation)} ${y + up}H${place(mean + deviation)}` }),
        svg("circle", { class: `f${look}`, cx: place(mean), cy: y + up, r: 4 }),
      ];
    };
    const ticks = x.ticks.map(({ at, text }) => svg("text", { x: at, y: height - 4, "text-anchor": "middle" }, text));
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.element.setAttribute(name, String(value));
    this.element.replaceChildren(
      this.#title,
      svg("path", { class: "maps", d: lines.join("") }),
      ...rows.flatMap(strip),
      svg("text", { class: "name", x: 8, y: 16 }, this.#names[0]),
      svg("text", { class: "name", x: 8, y: bottom - 12 }, this.#names[1]),
      ...ticks,
    );
  }
}
