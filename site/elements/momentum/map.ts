// The map over learning rate and momentum: bands of the convergence rate, the borders of the kinds of motion, and the point.

import { contourRegion, type PlotLattice } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { html, svg } from "../kit/dom.ts";
import { legendOf } from "../kit/legend.ts";
import { format } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { limitOf, steadyLimit } from "./closedForm.ts";

/** Factors a step between which the bands lie, and the class of each band. */
const factors = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98] as const;
const bandOf = (k: number): string => `band${2 * k}`;

type Text = (key: string, values?: Readonly<Record<string, string>>) => string;

export interface MapParts {
  readonly isNesterov: boolean;
  readonly steep: number;
  readonly largest: number;
  readonly best: readonly [number, number];
}

export class RateMap {
  readonly plane: Plane;
  readonly legend = html("div", { class: "factors" });
  readonly #regions = svg("g");
  readonly #lines = svg("g");
  readonly #text: Text;

  constructor(text: Text, move: (point: readonly [number, number]) => void) {
    this.#text = text;
    const words = ([rate, momentum]: readonly [number, number]): string =>
      text("point.words", { rate: format(rate), momentum: format(momentum) });
    this.plane = new Plane(text("map"), [{ name: "point", label: text("point.handle"), words, move }]);
    const line = svg("path", { d: "M-1 9L9 -1M-1 1L1 -1M7 9L9 7", class: "hatch-line" });
    const size = { width: 8, height: 8, patternUnits: "userSpaceOnUse" };
    const pattern = svg("pattern", { id: "hatch", ...size }, svg("rect", { class: "hatch-ground", ...size }), line);
    this.plane.element.append(svg("defs", {}, pattern));
    this.plane.marks.append(this.#regions, this.#lines);
    this.#fillLegend();
  }

  #fillLegend(): void {
    const bands = [...factors, 1].map((factor, k) => ({
      ...{ look: `chip ${bandOf(k)}`, sign: "area" as const },
      words: `≤ ${factor}`,
    }));
    const grows = { look: "chip growing", sign: "area" as const, words: this.#text("legend.grows") };
    this.legend.replaceChildren(this.#text("legend.factor"), legendOf([...bands, grows]));
  }

  /** Draws the bands, which are in the units of the plane and only scaled when the size changes. */
  setBands(lattice: PlotLattice): void {
    const region = (level: number, how: string): SVGPathElement => {
      const rings = contourRegion(lattice, level);
      const d = rings.map((ring) => `M${ring.map(([x, y]) => `${x.toPrecision(5)} ${y.toPrecision(5)}`).join("L")}Z`);
      return svg("path", { class: how, d: d.join(""), "fill-rule": "evenodd" });
    };
    const [width, height] = [lattice.xRange[1], lattice.yRange[1]];
    this.#regions.replaceChildren(
      svg("rect", { class: bandOf(0), width, height }),
      ...factors.map((factor, k) => region(factor, bandOf(k + 1))),
    );
  }

  /** Draws the borders and the best point, for a plane that is laid out. */
  place({ isNesterov, steep, largest, best }: MapParts): void {
    const { x, y, marks } = this.plane;
    const [sx, sy] = [x(1) - x(0), y(1) - y(0)];
    this.#regions.setAttribute("transform", `translate(${x(0)} ${y(0)}) scale(${sx} ${sy})`);
    const border = (limit: (momentum: number) => number): string =>
      Array.from({ length: 101 }, (_, k) => k / 100)
        .map((momentum) => `${x(Math.min(limit(momentum), largest)).toFixed(1)} ${y(momentum).toFixed(1)}`)
        .join("L");
    const limit = border((momentum) => limitOf(isNesterov, steep, momentum));
    const steady = border((momentum) => steadyLimit(isNesterov, steep, momentum));
    const region = (key: string, rate: number, momentum: number): SVGTextElement =>
      svg("text", { class: "region", x: x(rate / steep), y: y(momentum), "text-anchor": "middle" }, this.#text(key));
    const [u, v] = [x(best[0]), y(best[1])];
    this.#lines.replaceChildren(
      svg("path", { class: "growing", d: `M${limit}L${x(largest)} ${y(1)}L${x(largest)} ${y(0)}Z` }),
      svg("path", { class: "limit", d: `M${limit}` }),
      svg("path", { class: "steady", d: `M${steady}` }),
      region("region.steady", 0.45, 0.04),
      region("region.oscillates", isNesterov ? 0.9 : 1.6, isNesterov ? 0.6 : 0.6),
      region("region.alternates", 1.5, 0.04),
      region("region.diverges", 3.1, isNesterov ? 0.45 : 0.25),
      svg("path", { class: "minimum", d: `M${u - 6} ${v}h12M${u} ${v - 6}v12` }),
      svg("text", { class: "axis-name", x: u + 9, y: v - 7 }, this.#text("region.best")),
    );
    marks.replaceChildren(
      this.#regions,
      this.#lines,
      ...axisNames(this.plane, this.#text("axis.rate"), this.#text("axis.momentum")),
    );
  }
}
