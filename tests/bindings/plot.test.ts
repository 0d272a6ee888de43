// Pictures: that what is drawn lies where its numbers say, that text is escaped, and what cannot be drawn is refused.

import * as plot from "thalweg/plot";
import {
  plotHistogram,
  plotImages,
  plotLevels,
  plotLines,
  plotMatrix,
  plotPanels,
  plotPlane,
  plotRegions,
} from "thalweg/plot";
import { describe, expect, it } from "vitest";

const paths = (svg: string, how: string): string[] =>
  [...svg.matchAll(new RegExp(`<path class="${how}[^"]*"[^>]* d="([^"]*)"`, "g"))].map((match) => match[1] as string);
const pointsOf = (d: string): number[][] =>
  d
    .replace(/^M|Z$/g, "")
    .split(/[ML]/)
    .map((point) => point.split(",").map(Number));
const spread = (values: number[]): number => Math.max(...values) - Math.min(...values);

const plane = {
  xRange: [0, 1],
  yRange: [0, 1],
  resolution: [5, 5],
  values: new Float64Array(25),
  at: (x: number) => x,
} as const;

function messageOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

describe("every picture", () => {
  const pictures = {
    plotLines: plotLines([1, 2], { title: "a < b", description: '"c" & d' }),
    plotLevels: plotLevels((x) => x, { xRange: [0, 1], yRange: [0, 1], title: "a < b", description: '"c" & d' }),
    plotRegions: plotRegions((p) => p.flatMap(([x = 0]) => [x, -x]), {
      xRange: [-1, 1],
      yRange: [-1, 1],
      title: "a < b",
      description: '"c" & d',
    }),
    plotImages: plotImages([[1, -1]], { shape: [1, 2], title: "a < b", description: '"c" & d' }),
    plotHistogram: plotHistogram([1, 2], { title: "a < b", description: '"c" & d' }),
    plotPlane: plotPlane(plane, { title: "a < b", description: '"c" & d' }),
    plotPanels: plotPanels([plotLines([1, 2])], { title: "a < b", description: '"c" & d' }),
    plotMatrix: plotMatrix([[1, 2]], { title: "a < b", description: '"c" & d' }),
  };

  it.each(Object.entries(pictures))("%s: names itself, scales, and is readable in the dark", (_, svg) => {
    expect(svg).toContain("<title>a &lt; b</title>");
    expect(svg).toContain("<desc>&quot;c&quot; &amp; d</desc>");
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 \d+ \d+"[^>]*style="max-width:100%;height:auto" role="img"/);
    expect(svg.match(/:root.thalweg\{color-scheme:light dark\}/g)).toHaveLength(1);
    expect(svg).toContain(".thalweg text{fill:var(--plot-ink,light-dark(#1f2328,#e6edf3))}");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/<svg/g)!.length).toBe(svg.match(/<\/svg>/g)!.length);
  });

  it("every function of the entry is tried above, or has tests of its own", () => {
    const own = ["plotChart", "plotLattice", "plotScale", "plotSchedule"];
    const functions = Object.keys(plot).filter((name) => /^plot/.test(name) && !own.includes(name));
    expect(Object.keys(pictures).sort()).toEqual(functions.sort());
  });
});

describe("room", () => {
  const labels = { title: "Losses of a run", xLabel: "update", yLabel: "loss" };

  it("is refused where title, key and labels leave none, with the size that would do", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, k) => [`series ${k}`, [k, k + 1]]));
    const draw = (height?: number) => () => plotLines(many, { ...labels, ...(height === undefined ? {} : { height }) });
    expect(draw()).toThrow(/^plotLines: title, key and labels leave no room in 480 x 320, expected at least 480 x \d+/);
    const least = Number(/at least 480 x (\d+)/.exec(messageOf(draw()))![1]);
    expect(draw(least - 1)).toThrow("Give height, or draw less.");
    expect(draw(least)()).toContain("series 39");
    const small = { ...labels, width: 160, height: 120 };
    expect(() => plotLines({ a: [1, 2], b: [2, 3] }, small)).toThrow("no room in 160 x 120");
    expect(() => plotLines([1e-9, 1.0000001e-9], { width: 160, xLabel: "x" })).toThrow("Give width");
    expect(plotLines([1, 2], { width: 160, height: 120 })).toContain("<svg");
  });
});

describe("plotLines", () => {
  it("draws values at 0, 1, ... as a straight line if they are one", () => {
    const [d] = paths(plotLines([3, 2, 1, 0]), "line s0");
    const points = pointsOf(d!);
    expect(points).toHaveLength(4);
    for (const k of [1, 2, 3])
      for (const axis of [0, 1])
        expect(points[k]![axis]! - points[k - 1]![axis]!).toBeCloseTo((points[3]![axis]! - points[0]![axis]!) / 3, 1);
    expect(points[3]![1]).toBeGreaterThan(points[0]![1]!);
  });

  it("draws powers of ten at equal distances on a log scale", () => {
    const svg = plotLines([[1, 1], [10, 10], [100, 100]], { xScale: "log", yScale: "log" }); // biome-ignore format: points
    const points = pointsOf(paths(svg, "line s0")[0]!);
    expect(points[1]![0]! - points[0]![0]!).toBeCloseTo(points[2]![0]! - points[1]![0]!, 1);
    expect(points[1]![1]! - points[0]![1]!).toBeCloseTo(points[2]![1]! - points[1]![1]!, 1);
    expect(svg).toContain(">100</text>");
  });

  it("has no more labels on a log scale of less than two decades than there is room for", () => {
    const texts = (yRange: [number, number], height: number): string[] =>
      [...plotLines([1, 2], { yScale: "log", yRange, height }).matchAll(/text-anchor="end">([^<]*)</g)].map(
        ([, text]) => text!,
      );
    expect(texts([0.05, 0.9], 230)).toEqual(["0.05", "0.1", "0.2", "0.3", "0.5"]);
    expect(texts([1, 99], 230)).toEqual(["1", "2", "5", "10", "20", "50"]);
    expect(texts([1, 99], 120)).toEqual(["1", "3", "10", "30"]);
    expect(texts([1.1, 1.9], 230)).toEqual(["1.2", "1.4", "1.6", "1.8"]);
  });

  it("smooths without a start at 0: a constant stays one", () => {
    const svg = plotLines([5, 5, 5, 5], { smoothing: 0.9 });
    const [raw, smooth] = [paths(svg, "line faint s0"), paths(svg, "line s0")];
    expect(raw).toEqual(smooth);
    // s₂ = (0.5 · 0.5 · 0 + 0.5 · 8) / (1 − 0.25) = 16/3 of 8.
    const points = pointsOf(paths(plotLines([0, 8], { smoothing: 0.5, yRange: [0, 8] }), "line s0")[0]!);
    const raws = pointsOf(paths(plotLines([0, 8], { smoothing: 0.5, yRange: [0, 8] }), "line faint s0")[0]!);
    expect((points[1]![1]! - points[0]![1]!) / (raws[1]![1]! - raws[0]![1]!)).toBeCloseTo(2 / 3, 2);
  });

  it("leaves a gap where a number is not finite, and names what it was given", () => {
    const svg = plotLines({ one: [1, NaN, 2, 3], two: [1, 2, 3, 4] });
    expect(paths(svg, "line s0").some((d) => (d.match(/M/g) ?? []).length === 2)).toBe(true);
    expect(svg).toContain(">one</text>");
  });

  it("draws measurements as dots, and says so in the legend", () => {
    const svg = plotLines(
      {
        fit: [1, 2],
        measured: [
          [0.5, 1.2],
          [0.2, NaN],
          [0.1, 1],
        ],
      },
      { dots: ["measured"] },
    );
    expect(paths(svg, "line s1")).toEqual([]);
    const [drawn] = paths(svg, "halo point f1");
    expect(drawn!.match(/M/g)!.length).toBe(2);
    expect(paths(svg, "f1").length).toBe(1);
  });

  it("has a colour or a dash of its own for each of fourteen curves", () => {
    const curves = Object.fromEntries(Array.from({ length: 14 }, (_, k) => [`c${k}`, [k, k + 1]]));
    const classes = [...plotLines(curves).matchAll(/<path class="(line[^"]*)" d="M[^"]*L/g)].map((match) => match[1]);
    expect(new Set(classes).size).toBe(14);
  });

  it("refuses what it cannot draw", () => {
    expect(() => plotLines({})).toThrow("plotLines: no curve given");
    expect(() => plotLines([NaN])).toThrow("plotLines: nothing to draw");
    expect(() => plotLines([-1], { yScale: "log" })).toThrow("plotLines: nothing to draw");
    expect(() => plotLines({ a: ["x"] as never })).toThrow('plotLines: "a" must be numbers or points');
    expect(() => plotLines({ a: [1] }, { dots: ["b"] })).toThrow('plotLines: dots names an unknown curve, got "b"');
    expect(() => plotLines({ a: [1] }, { dots: "a" as never })).toThrow("plotLines: dots must be a list of names");
    expect(() => plotLines([1], { smoothing: 1 })).toThrow("plotLines: smoothing must be");
    expect(() => plotLines([1], { yRange: [1, 0] })).toThrow("plotLines: yRange must ascend, got [1, 0].");
    expect(() => plotLines([1], { yRange: [0, 1], yScale: "log" })).toThrow("positive on a log scale");
    expect(() => plotLines([1], { width: 10 })).toThrow("plotLines: width must be");
    expect(() => plotLines([1], { titel: "x" } as never)).toThrow('Did you mean "title"?');
    expect(() => plotLines([1], { xLabel: 1 as never })).toThrow("plotLines: xLabel must be text, got 1.");
    expect(() => plotLines([1], { yScale: "cubic" as never })).toThrow("plotLines: yScale must be");
  });
});

describe("plotLevels", () => {
  const square = { xRange: [-2, 2], yRange: [-2, 2], width: 400, height: 400 } as const;

  it("draws the level set of x² + y² = 1 as the circle", () => {
    const svg = plotLevels((x, y) => x * x + y * y, { ...square, levels: [1] });
    const rings = paths(svg, "level")[0]!
      .split("Z")
      .filter(Boolean)
      .map((ring) => pointsOf(ring));
    const circle = rings.find((ring) => ring.length > 12 && spread(ring.map(([x]) => x!)) < 250)!;
    const [xs, ys] = [circle.map(([x]) => x!), circle.map(([, y]) => y!)];
    const [cx, cy] = [(Math.max(...xs) + Math.min(...xs)) / 2, (Math.max(...ys) + Math.min(...ys)) / 2];
    const [rx, ry] = [spread(xs) / 2, spread(ys) / 2];
    for (const [x, y] of circle) expect(Math.hypot((x! - cx) / rx, (y! - cy) / ry)).toBeCloseTo(1, 1);
  });

  it("draws paths point by point, and leaves out what is not finite", () => {
    const svg = plotLevels((x, y) => x + y, { ...square, paths: { walk: [[-2, -2], [2, 2], [NaN, 0]] } }); // biome-ignore format: points
    const [d] = paths(svg, "line s0");
    const [[left, bottom], [right, top]] = pointsOf(d!) as [number[], number[]];
    expect([left, top]).toEqual([0, 0]);
    expect(right).toBeGreaterThan(300);
    expect(bottom).toBeGreaterThan(250);
  });

  it("refuses what it cannot draw", () => {
    const f = (x: number): number => x;
    expect(() => plotLevels(3 as never, square)).toThrow("plotLevels: expected a function of two numbers, got 3.");
    expect(() => plotLevels(f, { yRange: [0, 1] } as never)).toThrow("plotLevels: xRange must be two numbers");
    expect(() => plotLevels(() => NaN, square)).toThrow("plotLevels: f is finite nowhere");
    expect(() => plotLevels(f, { ...square, paths: { a: [[1]] } })).toThrow('plotLevels: "a" must be points [x, y]');
    expect(() => plotLevels(f, { ...square, levels: 0 })).toThrow("plotLevels: levels must be");
    expect(() => plotLevels(f, { ...square, resolution: 1 })).toThrow("plotLevels: resolution must be");
  });
});

describe("plotRegions", () => {
  const square = { xRange: [-1, 1], yRange: [-1, 1], width: 400, height: 400 } as const;

  it("cuts the square where two scores are equal", () => {
    const svg = plotRegions((points) => points.flatMap(([x = 0]) => [x, -x]), square);
    const [right, left] = paths(svg, "region").map((d) => pointsOf(d).map(([x]) => x!));
    expect(Math.min(...right!)).toBeCloseTo(Math.max(...left!), 1);
  });

  it("draws the line between any two classes over its whole length, if it is asked to", () => {
    // Scores 0, x and y: lines x = 0, y = 0 and x = y, each hidden where the third class has more.
    const scores = (points: number[][]) => points.flatMap(([x = 0, y = 0]) => [0, x, y]);
    expect(paths(plotRegions(scores, square), "line")).toEqual([]);
    const lines = paths(plotRegions(scores, { ...square, lines: true }), "line").map(pointsOf);
    expect(lines).toHaveLength(3);
    // x = 0 runs from one side of the square to the other, at one place: where x above 0 begins.
    const least = Math.min(...lines[0]!.map(([u]) => u!));
    const ends = lines[0]!.filter(([u]) => u! - least < 1).map(([, v]) => v!);
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(250);
    expect(() => plotRegions(scores, { ...square, lines: 1 as never })).toThrow("lines must be");
  });

  it("takes samples as data with a shape, too", () => {
    const scores = (points: number[][]) => points.flatMap(() => [1, 0]);
    const nested = { inputs: [[0, 0], [0.5, NaN], [-0.5, 0]], targets: [0, 1, 1] }; // biome-ignore format: points
    const flat = {
      inputs: { data: Float32Array.of(0, 0, 0.5, NaN, -0.5, 0), shape: [3, 2] },
      targets: Int32Array.of(0, 1, 1),
    };
    expect(plotRegions(scores, { ...square, samples: flat })).toBe(plotRegions(scores, { ...square, samples: nested }));
    expect(plotRegions(scores, { ...square, samples: { inputs: [], targets: [] } })).toBe(plotRegions(scores, square));
  });

  it("draws each sample with the shape of its class", () => {
    const samples = { inputs: [[0, 0], [0.5, 0.5], [-0.5, 0]], targets: [0, 1, 0] }; // biome-ignore format: points
    const svg = plotRegions((points) => points.flatMap(() => [1, 0]), { ...square, samples });
    const [first, second] = paths(svg, "halo point");
    expect(first!.match(/M/g)).toHaveLength(2);
    expect(second!.match(/M/g)).toHaveLength(1);
  });

  it("refuses what it cannot draw", () => {
    expect(() => plotRegions(1 as never, square)).toThrow("plotRegions: expected a function of points, got 1.");
    expect(() => plotRegions((points) => points.map(() => 1), square)).toThrow("two or more finite scores");
    expect(() => plotRegions((points) => points.flatMap(() => [1, NaN]), square)).toThrow("not all finite");
    const withSamples = (inputs: unknown, targets: unknown) => () =>
      plotRegions((points) => points.flatMap(() => [1, 0]), { ...square, samples: { inputs, targets } as never });
    const one = [[0, 0]];
    expect(withSamples(one, [2])).toThrow("target 0 must be a class index, 0 .. 1, got 2.");
    expect(withSamples(one, [0.5])).toThrow("got 0.5");
    expect(withSamples(one, [[1, 0]])).toThrow("got [1, 2] and [1, 2].");
    expect(withSamples([[0, 0, 0]], [0])).toThrow("inputs [samples, 2] and targets [samples], got [1, 3] and [1].");
    expect(withSamples(one, undefined)).toThrow("plotRegions: samples.targets");
    expect(withSamples(null, [0])).toThrow("plotRegions: samples.inputs");
  });
});

describe("plotImages", () => {
  it("draws runs of equal shades, positive and negative in two colours", () => {
    const svg = plotImages([[1, 1, 0, -0.5]], { shape: [2, 2] });
    expect(svg).toContain('<path class="f1" fill-opacity="0.5" shape-rendering="crispEdges" d="M1,1h1v1h-1"/>');
    expect(svg).toContain('<path class="f0" fill-opacity="1" shape-rendering="crispEdges" d="M0,0h2v1h-2"/>');
  });

  it("draws an image of zeros as paper", () => {
    expect(plotImages([[0, 0]], { shape: [1, 2] })).not.toContain("crispEdges");
  });

  it("draws red, green and blue from the least number of the image to its largest", () => {
    // Of −1 .. 2 the share of 0 is a third, of which fifteen steps make 5.
    const svg = plotImages([[2, -1, -1, 2, -1, -1, 0, 0, 0, 0, 2, -1]], { shape: [2, 2, 3] });
    expect(svg).toContain('<path fill="#f00" d="M0,0h2v1h-2"/>');
    expect(svg).toContain('<path fill="#555" d="M0,1h1v1h-1"/>');
    expect(svg).toContain('<path fill="#5f0" d="M1,1h1v1h-1"/>');
    expect(plotImages([[7, 7, 7]], { shape: [1, 1, 3] })).toContain('fill="#888"');
  });

  it("a color of no number leaves its pixel empty, an infinite one is as dark or bright as any", () => {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const svg = plotImages([[0, 1, Number.NaN, low, high, 1]], { shape: [1, 2, 3] });
    expect([...svg.matchAll(/fill="(#\w+)"/g)].map(([, color]) => color)).toEqual(["#0ff"]);
    expect(plotImages([[-1.7e308, 0, 1.7e308]], { shape: [1, 1, 3] })).toContain('fill="#08f"');
  });

  it("refuses what it cannot draw", () => {
    expect(() => plotImages([[1]], { shape: [1, 1, 1 as never] })).toThrow("plotImages: shape must end with 3 colors");
    expect(() => plotImages([[1]], { shape: [1, 1, 3] })).toThrow("image 0 has 1 numbers, expected 1 · 1 · 3.");
    expect(() => plotImages([null as never], { shape: [1, 1] })).toThrow(
      "plotImages: image 0 must be a list of numbers, got null.",
    );
    expect(() => plotImages([], { shape: [1, 1] })).toThrow("plotImages: expected a list of images, got [].");
    expect(() => plotImages([[1]], { shape: [2, 2] })).toThrow("plotImages: image 0 has 1 numbers, expected 2 · 2.");
    expect(() => plotImages([[1]], {} as never)).toThrow("plotImages: shape must be [rows, columns]");
  });
});

describe("plotHistogram", () => {
  it("bars are as high as their shares, the last bound included", () => {
    const svg = plotHistogram([0, 0, 0, 1], { bins: 2, xRange: [0, 1], yRange: [0, 1] });
    const [bars] = paths(svg, "f0");
    const tops = [...bars!.matchAll(/M[^,]*,([\d.]+)V([\d.]+)/g)].map(([, base, top]) => Number(base) - Number(top));
    expect(tops[0]! / tops[1]!).toBeCloseTo(3, 1);
  });

  it("refuses what it cannot draw", () => {
    expect(() => plotHistogram(1 as never)).toThrow("plotHistogram: expected a list of numbers, got 1.");
    expect(() => plotHistogram([NaN])).toThrow("plotHistogram: nothing to draw");
    expect(() => plotHistogram([1], { bins: 0 })).toThrow("plotHistogram: bins must be");
  });
});

describe("plotPanels", () => {
  it("puts pictures into rows, with one style for all", () => {
    const svg = plotPanels([1, 2, 3].map((k) => plotLines([k, k], { width: 240, height: 200, title: `panel ${k}` })));
    expect(svg).toContain('viewBox="0 0 480 406"');
    expect(svg.match(/<style>/g)).toHaveLength(1);
    for (const k of [1, 2, 3]) expect(svg).toContain(`<title>panel ${k}</title>`);
  });

  it("refuses what is no picture", () => {
    expect(() => plotPanels([])).toThrow("plotPanels: expected a list of pictures, got [].");
    expect(() => plotPanels(["<svg/>"])).toThrow(
      'plotPanels: pictures[0] must be a picture of thalweg/plot, got "<svg/>".',
    );
  });
});

describe("numbers and texts that a picture must survive", () => {
  const numbersOf = (svg: string): string => svg.replace(/<text[^>]*>[^<]*<\/text>/g, "");
  const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

  it("a range too long for a double leaves such values out, as it does infinities", () => {
    for (const svg of [plotLines([1, -1.7e308, 1.7e308, 2]), plotHistogram([1, -1.7e308, 1.7e308, 2])])
      expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it("ticks that differ late are told apart", () => {
    const texts = textsOf(plotLines([1e6 + 0.1, 1e6 + 0.2]));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toContain("1.00000012·10⁶");
  });

  it("control characters do not enter the file", () => {
    const svg = plotLines({ "a\u0000b": [1, 2], c: [2, 1] }, { title: "x\u0001y", description: "u\u001bv" });
    expect(svg).toContain(">a b<");
    expect(/[^\P{Cc}\n]/u.test(svg)).toBe(false);
  });

  it("points without neighbours are seen", () => {
    expect(plotLines([3])).toMatch(/class="line s0" stroke-linecap="round" d="M[\d.]+,[\d.]+Z"/);
    expect(plotLines([1, Number.NaN, 3])).toContain('stroke-linecap="round"');
    expect(plotLines([1, 2, 3])).not.toContain("linecap");
  });

  it("many bars", () => {
    expect(plotHistogram([1, 2, 3], { bins: 300_000 })).not.toMatch(/NaN/);
  });

  it("an infinite pixel has the darkest shade, one that is no number none", () => {
    const svg = plotImages([[Number.POSITIVE_INFINITY, Number.NaN, 1, Number.NEGATIVE_INFINITY]], { shape: [2, 2] });
    expect(svg).toContain('fill-opacity="1" shape-rendering="crispEdges" d="M0,0h1v1h-1M0,1h1v1h-1"');
    expect(svg).not.toMatch(/Infinity/);
  });

  it("a sample without a place does not take the others with it", () => {
    const scores = (points: number[][]): number[] => points.flatMap(([x = 0, y = 0]) => [x, y]);
    const at = { xRange: [-1, 1], yRange: [-1, 1] } as const;
    const samples = {
      inputs: [
        [Number.NaN, 0],
        [0.5, 0.2],
      ],
      targets: [0, 0],
    };
    const alone = { inputs: [[0.5, 0.2]], targets: [0] };
    expect(plotRegions(scores, { ...at, samples })).toBe(plotRegions(scores, { ...at, samples: alone }));
    expect(numbersOf(plotRegions(scores, { ...at, samples }))).not.toMatch(/NaN/);
  });
});
