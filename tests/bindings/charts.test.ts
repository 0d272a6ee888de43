// Charts as values: scales and ticks, contours, colors, tables and words, small multiples, and a run that is paused.

import * as thalweg from "thalweg";
import {
  categoricalColors,
  chartCsv,
  chartSvg,
  chartText,
  contourLevels,
  contourLines,
  contourRegion,
  dotsMark,
  levelsChart,
  lineMark,
  linesChart,
  matrixChart,
  pathMark,
  plotChart,
  plotLattice,
  plotPanels,
  plotScale,
  ruleMark,
  sequentialColor,
} from "thalweg/plot";
import { describe, expect, it } from "vitest";
import { PausableFit } from "../../bindings/dashboard/pausable.js";
import { checkCurves, RunRecord } from "../../bindings/dashboard/record.js";
import { testEngine } from "./engine.js";

const texts = (...scale: Parameters<typeof plotScale>): string[] => plotScale(...scale).ticks.map(({ text }) => text);

describe("ticks", () => {
  it("never repeat, there are at least two, and they lie where they say, on any range of any scale", () => {
    const wrong: string[] = [];
    for (let exponent = -12; exponent <= 12; exponent++)
      for (const width of [1e-6, 0.01, 0.3, 1, 7.3, 99, 1e5])
        for (const kind of ["linear", "log", "time"] as const)
          for (const length of [60, 200, 900]) {
            const from = 1.37 * 10 ** exponent;
            const scale = plotScale(kind, [from, from * (1 + width)], [0, length]);
            const all = scale.ticks.map(({ text }) => text);
            const lie = scale.ticks.every(({ value, at }) => value >= from * (1 - 1e-9) && at === scale(value));
            if (new Set(all).size < all.length || all.length < 2 || !lie) wrong.push(`${kind} ${scale.range}: ${all}`);
          }
    expect(wrong).toEqual([]);
  });

  it("of small ranges have their digits", () => {
    expect(texts("linear", [0, 0.009], [180, 0])).toEqual(["0", "0.002", "0.004", "0.006", "0.008"]);
    expect(texts("log", [0.003, 0.009], [180, 0])).toEqual(["0.004", "0.006", "0.008"]);
    expect(texts("log", [1, 1.3], [180, 0])).toEqual(["1", "1.1", "1.2", "1.3"]);
    expect(texts("linear", [-1e-7, 1e-7], [180, 0])).toEqual(["−10⁻⁷", "−5·10⁻⁸", "0", "5·10⁻⁸", "10⁻⁷"]);
  });

  it("of time are whole seconds, minutes, hours and days", () => {
    expect(texts("time", [0, 100], [0, 400])).toEqual(["0", "20 s", "40 s", "60 s", "80 s", "100 s"]);
    expect(texts("time", [0, 130], [0, 400])).toEqual(["0", "0:30 min", "1:00 min", "1:30 min", "2:00 min"]);
    expect(texts("time", [0, 40_000], [0, 400])).toEqual(["0", "2 h", "4 h", "6 h", "8 h", "10 h"]);
    expect(texts("time", [0, 400_000], [0, 400])).toEqual(["0", "1 d", "2 d", "3 d", "4 d"]);
  });

  it("invert is the inverse", () => {
    for (const kind of ["linear", "log", "time"] as const) {
      const scale = plotScale(kind, [0.02, 30], [300, 0]);
      for (const value of [0.02, 0.5, 7, 30]) expect(scale.invert(scale(value))).toBeCloseTo(value, 9);
      expect(scale(30)).toBeCloseTo(0, 9);
    }
  });
});

describe("contours", () => {
  const bowl = plotLattice((x, y) => x * x + y * y, { xRange: [-1, 1], yRange: [-2, 2], resolution: [81, 121] });

  it("of x² + y² are circles, within the error of linear interpolation", () => {
    for (const level of [0.1, 0.5, 0.9]) {
      const [line, ...more] = contourLines(bowl, level);
      expect(more).toEqual([]);
      expect(line![0]).toEqual(line!.at(-1));
      for (const [x, y] of line!) expect(Math.hypot(x, y)).toBeCloseTo(Math.sqrt(level), 2);
    }
  });

  it("end at the edge, and do not run along it", () => {
    const lines = contourLines(bowl, 2.25);
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(Math.abs(line[0]![0])).toBe(1);
      expect(Math.abs(line.at(-1)![0])).toBe(1);
      for (const [x, y] of line.slice(1, -1)) expect(Math.hypot(x, y)).toBeCloseTo(1.5, 1);
    }
  });

  it("regions lie within the rectangle and have the area of the set", () => {
    const area = (ring: readonly (readonly [number, number])[]): number =>
      ring.slice(1).reduce((sum, [x, y], k) => sum + (ring[k]![0] * y - x * ring[k]![1]) / 2, 0);
    const half = plotLattice((x, y) => x + y, { xRange: [0, 1], yRange: [0, 1], resolution: 21 });
    const [ring] = contourRegion(half, 1);
    expect(Math.abs(area(ring!))).toBeCloseTo(0.5, 2);
    for (const [x, y] of ring!) expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0);
  });

  it("levels part the area equally", () => {
    const ramp = plotLattice((x) => x, { xRange: [0, 1], yRange: [0, 1], resolution: 101 });
    for (const [k, level] of contourLevels(ramp, 4).entries()) expect(level).toBeCloseTo((k + 0.5) / 4, 1);
  });
});

describe("colors", () => {
  const linear = (c: number): number => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const rgb = (hex: string): number[] => [1, 3, 5].map((k) => linear(Number.parseInt(hex.slice(k, k + 2), 16) / 255));
  /** Ottosson, A perceptual color space for image processing, 2020. */
  const oklab = ([r = 0, g = 0, b = 0]: number[]): number[] => {
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  /** Machado, Oliveira and Fernandes, IEEE TVCG 15, 2009: severity 1. */
  const eyes: Record<string, number[][]> = {
    usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  }; // biome-ignore format: matrices
  const seen = (hex: string, eye: string): number[] =>
    oklab(
      eyes[eye]!.map((row) =>
        Math.min(
          1,
          Math.max(
            0,
            row.reduce((sum, v, k) => sum + v * rgb(hex)[k]!, 0),
          ),
        ),
      ),
    );
  const luminance = (hex: string): number => rgb(hex).reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k]!, 0);
  const distance = (a: number[], b: number[]): number => 100 * Math.hypot(...a.map((v, k) => v - b[k]!));
  const papers = { light: "#ffffff", dark: "#0d1117" };

  it.each(["light", "dark"] as const)("of series differ for all eyes, in grey and from the paper: %s", (scheme) => {
    const colors = categoricalColors.map((color) => color[scheme]);
    expect(colors).toHaveLength(7);
    for (const [k, a] of colors.entries()) {
      const [dim = 0, bright = 0] = [luminance(a), luminance(papers[scheme])].sort((x, y) => x - y);
      expect((bright + 0.05) / (dim + 0.05), a).toBeGreaterThanOrEqual(3);
      for (const b of colors.slice(0, k)) {
        for (const eye of Object.keys(eyes))
          expect(distance(seen(a, eye), seen(b, eye)), `${a} ${b} ${eye}`).toBeGreaterThan(8);
        expect(100 * Math.abs(Math.cbrt(luminance(a)) - Math.cbrt(luminance(b))), `${a} ${b} in grey`).toBeGreaterThan(
          4,
        );
      }
    }
  });

  it.each(["light", "dark"] as const)("of shares have monotone lightness and equal steps: %s", (scheme) => {
    const shares = Array.from({ length: 21 }, (_, k) => k / 20);
    for (const eye of Object.keys(eyes)) {
      const all = shares.map((share) => seen(sequentialColor(share, scheme), eye));
      const sign = scheme === "light" ? -1 : 1;
      for (const [k, color] of all.slice(1).entries())
        expect(sign * (color[0]! - all[k]![0]!), eye).toBeGreaterThan(0.015);
      const steps = all.slice(1).map((color, k) => distance(color, all[k]!));
      expect(Math.max(...steps) / Math.min(...steps), eye).toBeLessThan(eye === "usual" ? 1.35 : 1.75);
    }
  });
});

describe("tables and words", () => {
  it("write numbers in full, quote names, and leave gaps empty", () => {
    const chart = linesChart({ 'a "b", c': [1, Number.NaN], d: [[1, 0.1]] }, { xLabel: "epoch" });
    expect(chartCsv(chart)).toBe('epoch,"a ""b"", c",d\r\n0,1,\r\n1,,0.1\r\n');
    const timed = plotChart([lineMark([1, 2], { name: "a", times: [0.5, 1] })]);
    expect(chartCsv(timed)).toBe("x,a,seconds of a\r\n0,1,0.5\r\n1,2,1\r\n");
  });

  it("of paths, matrices and level sets", () => {
    expect(chartCsv(plotChart([pathMark([[0, 1], [2, 3]], { name: "p" })]))).toBe("series,x,y\r\np,0,1\r\np,2,3\r\n"); // biome-ignore format: points
    expect(chartCsv(matrixChart([[1, 2]], { names: ["a", "b"], rowNames: ["r"] }))).toBe(",a,b\r\nr,1,2\r\n");
    const levels = levelsChart((x) => x, { xRange: [0, 1], yRange: [0, 1], resolution: 2 });
    expect(chartCsv(levels)).toBe("x,y,value\r\n0,0,0\r\n1,0,1\r\n0,1,0\r\n1,1,1\r\n");
  });

  it("say what a chart shows", () => {
    const chart = linesChart(
      { loss: [3, 1, 2] },
      { xLabel: "update", yLabel: "loss", title: "A run", description: "It ends." },
    );
    expect(chartText(chart)).toBe(
      "A run. It ends. Horizontal: update, vertical: loss. loss: 3 points, from 3 to 2, least 1 at 1, largest 3 at 0.",
    );
  });
});

describe("charts", () => {
  const drawn = (svg: string, how: string): string[] =>
    [...svg.matchAll(new RegExp(`<path class="${how}"[^>]* d="([^"]*)"`, "g"))].map(([, d = ""]) => d);

  it("draw steps as steps: across, then up", () => {
    const [d] = drawn(chartSvg(linesChart([1, 1, 2], { steps: true })), "line s0");
    expect(d).toMatch(/^M0,([\d.]+)H[\d.]+V\1H[\d.]+V(?!\1)[\d.]+$/);
  });

  it("mark a stop where it is, half way", () => {
    const svg = chartSvg(plotChart([lineMark([1, 2, 3]), ruleMark({ x: 1 }, "stop")]));
    const width = Number(/<svg x="[\d.]+" y="[\d.]+" width="([\d.]+)"/.exec(svg)![1]);
    expect(Number(/^M([\d.]+),/.exec(drawn(svg, "line thin dashed axis")[0]!)![1])).toBeCloseTo(width / 2, 1);
    expect(svg).toContain(">stop</text>");
  });

  it("leave room for dots at the ends of their range", () => {
    const svg = chartSvg(plotChart([dotsMark([[0, 0], [1, 1]])])); // biome-ignore format: points
    const [d] = drawn(svg, "halo point f0");
    expect(Number(/^M([\d.]+),/.exec(d!)![1])).toBeGreaterThan(4);
  });

  it("small multiples have one key, one color for a name, equal frames and equal ranges", () => {
    const size = { width: 240, height: 200, xLabel: "update", yLabel: "loss" };
    const svg = plotPanels([
      linesChart({ a: [0, 10], b: [1, 2] }, { ...size, title: "one" }),
      linesChart({ b: [0, 1000], c: [5, 6] }, { ...size, title: "a title that is so long that it takes two lines" }),
    ]);
    for (const name of ["a", "b", "c"]) expect(svg.split(`>${name}</text>`)).toHaveLength(2);
    expect(drawn(svg, "line s1").filter((d) => d.includes("L"))).toHaveLength(2);
    const frames = [...svg.matchAll(/<svg (x="[\d.]+" y="[\d.]+" width="[\d.]+" height="[\d.]+")>\n<path/g)].map(
      ([, at]) => at,
    );
    expect(frames).toHaveLength(2);
    expect(frames[0]).toBe(frames[1]);
    expect(svg.split(">1000</text>")).toHaveLength(3);
  });
});

describe("a run that is paused", () => {
  const data = { inputs: [[0], [1], [2], [3], [4]], targets: [[1], [3], [5], [7], [9]] };
  const options = { epochs: 40, batchSize: 2 };
  const make = async () =>
    thalweg.createTrainer(await testEngine(), {
      model: thalweg.sequential([thalweg.linear(1, 4), thalweg.tanh(), thalweg.linear(4, 1)]),
      loss: thalweg.meanSquaredError(),
      optimizer: thalweg.adam({ learningRate: 0.01 }),
      seed: 5,
    });
  const none = { begin() {}, progress() {}, epoch() {}, changed() {} };
  const weights = (trainer: { parameters(): object }): string => JSON.stringify(trainer.parameters());

  it("reaches the same bits, epochs and curves, paused within epochs or at their end", async () => {
    const whole = await make();
    const expected = await whole.fit(data, options);
    for (const stops of [{}, { earlyStopping: { patience: 1000 } }]) {
      const trainer = await make();
      const record = new RunRecord();
      let count = 0;
      const run: PausableFit = new PausableFit(
        trainer as never,
        data,
        { ...options, ...stops, progressEvery: 7 } as never,
        {
          begin: () => record.begin(),
          epoch: (epoch) => record.epoch(epoch),
          progress: (progress) => {
            record.progress(progress);
            if (++count % 3 === 0) run.pause();
          },
          changed: () => {
            if (run.state === "paused") setTimeout(() => run.resume(), 0);
          },
        },
      );
      const history = await run.run();
      expect(history.stopped).toBe("finished");
      expect(history.steps).toBe(expected.steps);
      expect(history.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual(
        expected.epochs.map(({ epoch, loss }) => [epoch, loss]),
      );
      if (!("earlyStopping" in stops)) expect(weights(trainer)).toBe(weights(whole));
      expect(record.curves.loss.steps).toEqual(Array.from({ length: expected.steps }, (_, k) => k + 1));
      expect(run.state).toBe("idle");
      trainer.free();
    }
    whole.free();
  });

  it("is stopped while it is paused, and by its own signal", async () => {
    const trainer = await make();
    const run: PausableFit = new PausableFit(trainer as never, data, { epochs: 10_000, batchSize: 2 } as never, {
      ...none,
      progress: () => run.pause(),
      changed: () => run.state === "paused" && run.stop(),
    });
    expect((await run.run()).stopped).toBe("signal");
    const controller = new AbortController();
    const own = new PausableFit(trainer as never, data, { epochs: 10_000, signal: controller.signal } as never, {
      ...none,
      progress: () => controller.abort(),
    });
    expect((await own.run()).stopped).toBe("signal");
    trainer.free();
  });

  it("keeps its curves in bounded memory, and restores them from JSON", () => {
    const record = new RunRecord();
    for (let k = 0; k < 100; k++)
      record.progress({ step: 100 * (k + 1), epoch: k, seconds: k + 1, losses: new Float64Array(100).fill(k) });
    const { loss } = record.curves;
    expect(loss.values.length).toBeLessThanOrEqual(1000);
    expect(loss.steps.at(-1)).toBeGreaterThan(9900);
    expect(loss.values.every((value, k) => k === 0 || value >= loss.values[k - 1]!)).toBe(true);
    const again = new RunRecord();
    again.restore(checkCurves("restore", JSON.parse(JSON.stringify(record.curves))));
    expect(again.curves).toEqual(record.curves);
    expect(() => checkCurves("restore", { seconds: 1 })).toThrow("restore: expected the curves of a run");
  });
});
