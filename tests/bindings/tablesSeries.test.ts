// Splits of tables and windows of time series, against what must hold and against windows written out by hand.

import { splitSamples } from "thalweg";
import { splitTable, type Table, tableCoding, tableOf, type WindowsOptions, windows } from "thalweg/table";
import { describe, expect, it } from "vitest";

const rowsOf = (table: Table): number[] => Array.from(table.numbers("id"));
const counts = (words: readonly (string | null)[]): Record<string, number> =>
  Object.fromEntries([...new Set(words)].map((word) => [word, words.filter((other) => other === word).length]));

describe("a split", () => {
  const kinds = "aaaaaaaaaabbbbbbbbbbbbbbbbbbbbccc";
  const table = tableOf(Array.from(kinds, (kind, id) => ({ id, kind, group: `g${id % 7}`, day: Math.floor(id / 4) })));
  const all = Array.from(kinds, (_, id) => id);
  const split = (options = {}) => splitTable(table, options);

  it("has every row once, in order, the same for equal seeds on every machine", () => {
    const { train, validation } = split({ seed: 3 });
    expect([...rowsOf(train), ...rowsOf(validation)].sort((a, b) => a - b)).toEqual(all);
    expect(validation.rows).toBe(7);
    for (const part of [train, validation]) expect(rowsOf(part)).toEqual(rowsOf(part).toSorted((a, b) => a - b));
    expect(rowsOf(split({ seed: 3 }).validation)).toEqual(rowsOf(validation));
    expect(rowsOf(split({ seed: 4 }).validation)).not.toEqual(rowsOf(validation));
    expect(rowsOf(validation)).toEqual(splitSamples({ inputs: all }, { seed: 3 }).validation.inputs.data);
    expect(validation.place(0)).toBe(`row ${(rowsOf(validation)[0] as number) + 1}`);
  });

  it("keeps proportions of classes", () => {
    for (const seed of [0, 1, 2]) {
      const { train, validation } = split({ stratify: "kind", seed });
      expect(counts(validation.texts("kind"))).toEqual({ a: 2, b: 4, c: 1 });
      expect(counts(train.texts("kind"))).toEqual({ a: 8, b: 16, c: 2 });
    }
    expect(rowsOf(split({ stratify: "kind", seed: 1 }).validation)).not.toEqual(
      rowsOf(split({ stratify: "kind", seed: 2 }).validation),
    );
  });

  it("has no group on both sides", () => {
    for (const seed of [0, 1, 2]) {
      const { train, validation } = split({ group: "group", fraction: 0.3, seed });
      const [own, other] = [new Set(train.texts("group")), new Set(validation.texts("group"))];
      expect(other.size).toBe(2);
      expect([...own].filter((group) => other.has(group))).toEqual([]);
      expect(train.rows + validation.rows).toBe(33);
    }
  });

  it("holds out what is latest, whatever the order of the rows, and keeps equal times together", () => {
    const mixed = table.select(all.toReversed());
    const { train, validation } = splitTable(mixed, { time: "day", fraction: 0.1 });
    // Three rows would be ids 30, 31 and 32; the others of day 7 go with 30 and 31.
    expect(rowsOf(validation)).toEqual([32, 31, 30, 29, 28]);
    expect(rowsOf(train)).toEqual(all.slice(0, 28).reverse());
    const late = tableOf([{ id: 0, t: 0 }, { id: 1, t: 1 }, { id: 2, t: 1 }, { id: 3, t: 1 }]); // biome-ignore format: rows
    expect(rowsOf(splitTable(late, { time: "t", fraction: 0.25 }).validation)).toEqual([1, 2, 3]);
    const early = tableOf([{ id: 0, t: 0 }, { id: 1, t: 0 }, { id: 2, t: 0 }, { id: 3, t: 1 }]); // biome-ignore format: rows
    expect(rowsOf(splitTable(early, { time: "t", fraction: 0.75 }).validation)).toEqual([3]);
  });

  it.each([
    [{ fraction: 1 }, "splitTable: fraction must be a number above 0 and below 1, got 1"],
    [{ stratify: "kind", group: "group" }, "splitTable: stratify and group exclude each other"],
    [{ time: "day", seed: 1 }, "splitTable: a split by time draws nothing. Leave the seed out."],
    [{ stratify: "id" }, 'splitTable: only row 1 has its value of column "id", expected at least 2 rows of each class'],
    [{ time: "kind" }, 'splitTable: column "kind" is of type "text", expected dates or numbers'],
    [{ group: "gruop" }, 'splitTable: the table has no column "gruop". Did you mean "group"?'],
    [{ stratified: "kind" }, 'unknown option "stratified"'],
  ])("%j is refused", (options, sentence) => {
    expect(() => split(options)).toThrow(sentence);
  });

  it("needs rows, groups and times that can be apart, and no gaps", () => {
    expect(() => splitTable(tableOf("id\n1"))).toThrow("splitTable: got 1 rows, expected at least 2");
    expect(() => splitTable(tableOf("id,t\n1,5\n2,5"), { time: "t" })).toThrow('all rows have one time in column "t"');
    expect(() => splitTable(tableOf("id,g\n1,a\n2,a"), { group: "g" })).toThrow('column "g" has one group');
    expect(() => splitTable(tableOf("id,g\n1,a\n2,"), { group: "g" })).toThrow(
      'splitTable: line 3 has a gap in column "g"',
    );
    const two = splitTable(tableOf("id\n1\n2"));
    expect([two.train.rows, two.validation.rows]).toEqual([1, 1]);
  });
});

describe("windows", () => {
  const series = (days: readonly number[], more: (day: number) => object = () => ({})) =>
    tableOf(days.map((day) => ({ id: day, day, x: 10 * day, y: -day, ...more(day) })));
  const cut = (table: Table, options: WindowsOptions, target: string | readonly string[] = "x") => {
    const coding = tableCoding(table, { inputs: ["x", "y"], target, scale: "none", dtype: "f64" });
    const { samples, rows } = windows(table, coding, options);
    return {
      ...samples,
      rows: Array.from(rows),
      inputs: Array.from(samples.inputs.data),
      targets: Array.from(samples.targets.data),
      shapes: [samples.inputs.shape, samples.targets.shape],
    };
  };

  it("take times whose differences are rounded, and still find a gap", () => {
    for (const start of [0, 1e6]) {
      const tenths = Array.from({ length: 20 }, (_, k) => start + k * 0.1);
      const times = new Set(tenths.map((time, k) => time - (tenths[k - 1] ?? 0)));
      expect(times.size).toBeGreaterThan(2);
      expect(cut(series(tenths), { length: 1, time: "day" }).rows).toHaveLength(19);
      expect(cut(series(tenths), { length: 1, time: "day", step: 0.1 }).rows).toHaveLength(19);
      const missing = tenths.filter((_, k) => k !== 7);
      expect(cut(series(missing), { length: 1, time: "day", gaps: "split" }).rows).toHaveLength(17);
      expect(() => cut(series(missing), { length: 1, time: "day" })).toThrow("from row 7 to row 8");
    }
  });

  it("of dates need a scale, or f64, as f32 rounds their milliseconds to minutes", () => {
    const table = tableOf(["2024-01-01", "2024-01-02", "2024-01-04"].map((day, x) => ({ day, x })));
    const sentence =
      'tableCoding: column "day": dates that are not scaled are rounded to minutes in f32. Give { scale: "standard" }';
    expect(() => tableCoding(table, { inputs: ["x"], target: "day" })).toThrow(sentence);
    expect(() => tableCoding(table, { inputs: ["day"], scale: "none" })).toThrow(sentence);
    const exact = tableCoding(table, { inputs: ["x"], target: "day", dtype: "f64" });
    expect(exact.invert("day", exact.samples(table).targets)).toEqual(table.numbers("day"));
  });

  it("are the rows of some days, and the targets of the next", () => {
    expect(cut(series([1, 2, 3, 4, 5]), { length: 2, horizon: 2 })).toEqual({
      inputs: [10, -1, 20, -2, 20, -2, 30, -3],
      targets: [30, 40, 40, 50],
      rows: [2, 3],
      shapes: [
        [2, 2, 2],
        [2, 2],
      ],
    });
    const both = cut(series([1, 2, 3, 4]), { length: 1, horizon: 2, stride: 2 }, ["x", "y"]);
    expect(both).toEqual({
      inputs: [10, -1],
      targets: [20, -2, 30, -3],
      rows: [1],
      shapes: [
        [1, 1, 2],
        [1, 2, 2],
      ],
    });
    const apart = cut(series([1, 2, 3, 4, 5, 6]), { length: 1, stride: 2 });
    expect([apart.inputs, apart.targets, apart.rows]).toEqual([
      [10, -1, 30, -3, 50, -5],
      [20, 40, 60],
      [1, 3, 5],
    ]);
  });

  it("follow time whatever the order of the rows", () => {
    const inOrder = cut(series([1, 2, 3, 4]), { length: 2, time: "day" });
    const mixed = cut(series([3, 1, 4, 2]), { length: 2, time: "day" });
    expect([mixed.inputs, mixed.targets]).toEqual([inOrder.inputs, inOrder.targets]);
    expect(mixed.rows).toEqual([0, 2]);
    const dates = tableOf("d,x,y\n2012-02-28,1,1\n2012-02-29,2,2\n2012-03-01,3,3");
    expect(cut(dates, { length: 1, time: "d", step: 86_400_000 }).targets).toEqual([2, 3]);
  });

  it("stop at gaps in time, or refuse them by their rows", () => {
    const holes = series([1, 2, 3, 5, 6, 8]);
    expect(() => cut(holes, { length: 1, time: "day" })).toThrow(
      'windows: from row 3 to row 4 column "day" advances by 2, expected 1. Add the rows, give { step }, or { gaps: "split" } if rows are missing.',
    );
    const days = tableOf("d,x,y\n2012-02-28,1,1\n2012-02-29,2,2\n2012-03-02,3,3");
    expect(() => cut(days, { length: 1, time: "d" })).toThrow("advances by 172800000 ms, expected 86400000 ms");
    const parts = cut(holes, { length: 1, time: "day", gaps: "split" });
    expect([parts.inputs, parts.targets]).toEqual([
      [10, -1, 20, -2, 50, -5],
      [20, 30, 60],
    ]);
    expect(() => cut(series([1, 2, 2, 3]), { length: 1, time: "day" })).toThrow(
      'row 2 and row 3 have one time, column "day"',
    );
    expect(() => cut(series([1, 2, 3]), { length: 1, time: "day", step: 2, gaps: "split" })).toThrow(
      "advances by 1, expected 2",
    );
    expect(() => cut(series([1, 3, 4]), { length: 2, time: "day", gaps: "split" })).toThrow(
      "windows: the longest series has 2 rows, expected at least length + horizon = 3",
    );
  });

  it("cross no border of groups", () => {
    const table = series([1, 2, 3, 4, 5, 6], (day) => ({ station: day % 2 ? "odd" : "even" }));
    const parts = cut(table, { length: 1, time: "day", group: "station" });
    expect([parts.inputs, parts.targets]).toEqual([
      [10, -1, 30, -3, 20, -2, 40, -4],
      [30, 50, 40, 60],
    ]);
    const unordered = cut(table, { length: 2, group: "station" });
    expect(unordered.targets).toEqual([50, 60]);
  });

  it("of a split by time share no row", () => {
    const table = series(Array.from({ length: 40 }, (_, day) => day));
    const { train, validation } = splitTable(table, { time: "day" });
    const coding = tableCoding(train, { inputs: ["x"], target: "x", scale: "none" });
    const used = [train, validation].map((part) => {
      const { samples } = windows(part, coding, { length: 3, horizon: 2, time: "day" });
      return new Set([...samples.inputs.data, ...samples.targets.data]);
    }) as [Set<number>, Set<number>];
    expect([...used[0]].filter((x) => used[1].has(x))).toEqual([]);
    expect([used[0].size, used[1].size]).toEqual([32, 8]);
  });

  it("have no weights", () => {
    const coding = tableCoding(series([1, 2, 3]), { inputs: ["y"], target: "x", weights: "day" });
    expect(() => windows(series([1, 2, 3]), coding, { length: 1 })).toThrow(
      'windows: the coding has weights, column "day", and windows have none.',
    );
  });

  it("have classes as targets", () => {
    const table = series([1, 2, 3], (day) => ({ sky: day % 2 ? "rain" : "sun" }));
    const coding = tableCoding(table, { inputs: ["x", "sky"], target: "sky" });
    const next = windows(table, coding, { length: 1, time: "day" }).samples.targets;
    expect(next).toEqual({ data: Int32Array.of(1, 0), shape: [2] });
    expect(windows(table, coding, { length: 1, horizon: 2 }).samples.targets).toEqual({
      data: Int32Array.of(1, 0),
      shape: [1, 2],
    });
    expect(coding.decode(next.data)).toEqual(["sun", "rain"]);
  });

  it.each([
    [{ length: 0 }, "windows: length must be a whole number of at least 1, got 0"],
    [{ length: 1, horizon: 1.5 }, "windows: horizon must be"],
    [{ length: 1, gaps: "split" }, "windows: step and gaps are about time. Give { time }, or leave them out."],
    [{ length: 1, time: "day", gaps: "fill" }, 'windows: gaps must be "refuse" or "split"'],
    [{ length: 1, time: "day", step: 0 }, "windows: step must be"],
    [{ lenght: 1 }, 'unknown option "lenght". Did you mean "length"?'],
  ])("%j is refused", (options, sentence) => {
    expect(() => cut(series([1, 2, 3]), options as never)).toThrow(sentence);
  });
});
