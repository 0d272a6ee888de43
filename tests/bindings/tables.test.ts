// Reading tables: cells against what a person reads in the text, and the same table however the text is cut.

import { readTable, type Table, tableCoding, tableOf } from "thalweg/table";
import { describe, expect, it } from "vitest";

const columnsOf = (table: Table): Record<string, unknown> =>
  Object.fromEntries(
    table.columns.map(({ name, type }) => [
      name,
      type === "text"
        ? table.texts(name)
        : [type, ...Array.from(table.numbers(name), (x) => (Number.isNaN(x) ? null : x))],
    ]),
  );
const read = (text: string, options = {}): Record<string, unknown> => columnsOf(tableOf(text, options));
const refused = (text: string, options = {}): string => {
  try {
    tableOf(text, options);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return (error as Error).message;
  }
  return "nothing";
};

describe("cells", () => {
  it("are numbers only where nothing is lost", () => {
    const numbers = ["0", "-1", "12.50", "1e3", "-1.5E-3", ".5", "5.", "9007199254740991", "1e20", "0.1"];
    expect(read(`x\n${numbers.join("\n")}`)).toEqual({ x: ["number", ...numbers.map(Number)] });
  });

  it.each([
    ["007", "leading zeros"],
    ["-01", "leading zeros"],
    ["00", "leading zeros"],
    ["00.5", "leading zeros"],
    ['"1,5"', "a decimal comma"],
    ["0x10", "hexadecimal"],
    ["Infinity", "infinity"],
    ["-inf", "infinity"],
    ["1e400", "beyond doubles"],
    ["1e-400", "below doubles"],
    ["9007199254740992", "a whole number that is not safe"],
    ["-9007199254740993", "a whole number that is not safe"],
    ["12345678901234567890.5", "a whole part that is not safe"],
    ["1_000", "an underscore"],
    ["1 000", "a space inside"],
    ["+49151", "a sign, as of telephone numbers"],
    ["1e", "no exponent"],
    ["1.2.3", "two points"],
    ["-", "a sign alone"],
    [".", "a point alone"],
    ["٣", "digits of another script"],
  ])("%s stays text: %s", (cell) => {
    expect(read(`x\n${cell}\n${cell}`)).toEqual({ x: Array(2).fill(cell.replaceAll('"', "")) });
  });

  it("are the doubles that the language reads, to the last bit", () => {
    const cells = Array.from({ length: 3000 }, (_, k) => {
      const digits = String((k * 48271 * 7919) % 999_999_999_999_999)
        .padEnd(17, "7")
        .slice(0, 1 + (k % 17));
      const whole = digits.replace(/^0+(?=\d)/, "");
      const at = k % (whole.length + 1);
      return `${k % 3 ? "" : "-"}${at === 0 ? whole : `${whole.slice(0, at)}.${whole.slice(at) || "0"}`}`;
    }).filter((cell) => Math.abs(Number(cell)) < 2 ** 53);
    const table = tableOf(`x\n${cells.join("\n")}`);
    expect(table.types).toEqual({ x: "number" });
    const got = table.numbers("x");
    expect(cells.findIndex((cell, k) => !Object.is(got[k], Number(cell)))).toBe(-1);
  });

  it("become text as they were written when a word comes late", () => {
    const cells = [
      "1",
      "1.50",
      "-0",
      "1e3",
      "0.0",
      ".5",
      "5.",
      "NA",
      "",
      "123456789012345",
      "100.000000000000",
      "word",
    ];
    const table = tableOf(`x,y\n${cells.map((cell) => `${cell},1`).join("\n")}`);
    expect(table.texts("x")).toEqual(cells.map((cell) => cell || null));
    expect(table.column("x").note).toBe('9 of 12 cells are numbers, but line 13 holds "word"');
    expect(tableOf("x\nword\n1.50").column("x").note).toBe('1 of 2 cells are numbers, but line 2 holds "word"');
    expect(tableOf("x\nabc\n\n").column("x").note).toBeNull();
  });

  it("keeps a column of dates with another word as text, with a note, which a coding refuses", () => {
    const table = tableOf("t,y\n2024-01-31,1\n2024-02-30,2\n,3\nNA,4\n2024-03-01,5");
    expect(table.column("t").note).toBe('2 of 5 cells are dates, but line 3 holds "2024-02-30"');
    expect(() => tableCoding(table, { inputs: ["t"], target: "y" })).toThrow(/2 of 5 cells are dates, but line 3/);
    expect(tableOf("t\n0050-06-01\n2024-02-29").column("t").type).toBe("date");
    expect(tableOf("t\n0050-06-01").numbers("t")).toEqual(Float64Array.of(Date.parse("0050-06-01T00:00:00Z")));
  });

  it("are gaps by the type of their column, or by a list", () => {
    expect(read("x,t,b\n1,a,true\nNA,NA,NA\n,,\nNaN,b,FALSE\nnull,c,N/A")).toEqual({
      x: ["number", 1, null, null, null, null],
      t: ["a", "NA", null, "b", "c"],
      b: ["boolean", 1, null, null, 0, null],
    });
    expect(tableOf("t\na\nNA").column("t").note).toBe('line 3 holds "NA", which is no gap in a column of text');
    expect(read("x,t\n1,a\n-,-\nNA,NA", { gaps: ["-", "NA"] })).toEqual({
      x: ["number", 1, null, null],
      t: ["a", null, null],
    });
    expect(tableOf("x,y\n1,\n2,").columns.map(({ gaps }) => gaps)).toEqual([0, 2]);
  });

  it("are booleans and dates", () => {
    const day = 86_400_000;
    expect(read("d\n1970-01-02\n2000-02-29T12:00\n1970-01-01 00:00:01.5Z\n1970-01-01T02:00+02:00\n")).toEqual({
      d: ["date", day, 951_825_600_000, 1500, 0],
    });
    for (const cell of ["2001-02-29", "2012-13-01", "2012-1-1", "01/02/2012", "2012-01-01T24:00", "2012-01-01T10"])
      expect(read(`d\n${cell}`), cell).toEqual({ d: [cell] });
    expect(read("b\nTrue\nfalse")).toEqual({ b: ["boolean", 1, 0] });
    expect(read("b\nyes\nno")).toEqual({ b: ["yes", "no"] });
    expect(read("b,d\ntrue,2012-01-01\nperhaps,later")).toEqual({ b: ["true", "perhaps"], d: ["2012-01-01", "later"] });
  });

  it("have the types that are given", () => {
    const types = { zip: "number", n: "text", d: "date", b: "boolean" };
    expect(read("zip,n,d,b\n007,1.50,2012-01-01,true\n+8,NA,,NA", { types })).toEqual({
      zip: ["number", 7, 8],
      n: ["1.50", "NA"],
      d: ["date", 1_325_376_000_000, null],
      b: ["boolean", 1, null],
    });
    expect(tableOf("n\n1\nword", { types: { n: "text" } }).column("n").note).toBeNull();
    expect(refused("a,b\n1,2\n3,x", { types: { b: "number" } })).toBe(
      'tableOf: line 3, column "b": got "x", expected a number. Correct it, give the column another type, or list the word in { gaps }.',
    );
    expect(refused("d\n2012-02-30", { types: { d: "date" } })).toContain(
      'line 2, column "d": got "2012-02-30", expected a date',
    );
    expect(refused("b\n2", { types: { b: "boolean" } })).toContain('got "2", expected true or false');
    expect(refused("b\n2", { types: { c: "text" } })).toContain(
      'types names the column "c", which the table does not have',
    );
    expect(refused("b\n2", { types: { b: "float" } })).toContain('the type of "b" must be "number" or "text"');
  });
});

describe("text", () => {
  it("may have a byte order mark, CRLF, quotes, empty lines and spaces", () => {
    const text = '\ufeffid ,"na""me"\r\n\r\n1,"a, b"\r\n 2 ,"line\r\nbreak"\r\n\r\n3,"" \r\n';
    const table = tableOf(text, { types: { id: "number" } });
    expect(columnsOf(table)).toEqual({ id: ["number", 1, 2, 3], 'na"me': ["a, b", "line\r\nbreak", null] });
    expect([0, 1, 2].map((row) => table.place(row))).toEqual(["line 3", "line 4", "line 7"]);
  });

  it("may have a byte order mark before a quote", () => {
    expect(read('\ufeff"a","b"\n1,2')).toEqual({ a: ["number", 1], b: ["number", 2] });
  });

  it.each([",", ";", "\t", "|"])("has its delimiter found: %j", (delimiter) => {
    const text = `a${delimiter}b\n"1,5"${delimiter}x\n"2,5"${delimiter}y`;
    expect(read(text)).toEqual({ a: ["1,5", "2,5"], b: ["x", "y"] });
    expect(read(text, { delimiter })).toEqual(read(text));
  });

  it("of one column has gaps in empty lines, but not behind the last row", () => {
    expect(read("a\n1\n\n2\n\n")).toEqual({ a: ["number", 1, null, 2] });
  });

  it("of old files ends lines by a carriage return", () => {
    expect(read("a,b\r1,2\r3,4\r")).toEqual({ a: ["number", 1, 3], b: ["number", 2, 4] });
  });

  it("has a header only, names that are given, or names that are missing", () => {
    expect(read("a,b")).toEqual({ a: ["number"], b: ["number"] });
    expect(tableOf("a,b\n").rows).toBe(0);
    expect(read("1,2\n3,4", { names: ["a", "b"] })).toEqual({ a: ["number", 1, 3], b: ["number", 2, 4] });
    expect(read(",x\n1,2")).toEqual({ "column 1": ["number", 1], x: ["number", 2] });
  });

  it("may name columns like members of objects", () => {
    const table = tableOf("__proto__,constructor,toString\n1,2,a");
    expect(table.columns.map(({ name }) => name)).toEqual(["__proto__", "constructor", "toString"]);
    const row = table.row(0);
    expect(Object.entries(row)).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", "a"],
    ]);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(table.numbers("__proto__")).toEqual(Float64Array.of(1));
  });

  it.each([
    ["", "tableOf: the table is empty: got no columns. Give records, or text with a line of names."],
    ["\n\n", "tableOf: the table is empty"],
    ["a,b\n1,2\n\n3", 'tableOf: line 4 has 1 cells, expected 2: columns from "b" on are missing'],
    ['a,b\n"1\n\n",2\n3,4,5', 'tableOf: line 5 has 3 cells, expected 2: "5" is behind the last column, "b"'],
    ["a,b,a\n", 'tableOf: line 1: columns 1 and 3 are both named "a". Rename one.'],
    ['a,b\n1,2\n3,"4\n5,6', "tableOf: line 3: a quoted cell begins that is never closed"],
    ['a,b\n1,2\n"3"x,4\n5,6', "tableOf: line 3: text follows the closing quote of a cell"],
  ])("is refused with its line: %j", (text, sentence) => {
    expect(refused(text)).toContain(sentence);
  });

  it("with a quote that is never closed does not grow for ever", async () => {
    let chunks = 0;
    const endless = async function* () {
      yield 'a,b\n1,2\n"';
      for (; chunks < 100; chunks++) yield "x,1\n".repeat(2 ** 18);
    };
    await expect(readTable(endless())).rejects.toThrow("readTable: line 3: a quoted cell begins that is never closed");
    expect(chunks).toBeLessThan(20);
  });
});

describe("streams", () => {
  // Longer than the head from which the delimiter is guessed, with everything that a cut could tear.
  const rows = Array.from(
    { length: 3000 },
    (_, k) => `${k},"a ""q"" é€😀, ${k}${k % 3 ? "" : "\r\n"}b",${k % 7 ? k / 8 : "NA"},2012-01-0${1 + (k % 9)}`,
  );
  const text = `\ufeffid,name,x,day\r\n${rows.join("\r\n")}\r\n`;
  const whole = tableOf(text);
  const bytes = new TextEncoder().encode(text);
  const same = (table: Table): void => {
    expect(columnsOf(table)).toEqual(columnsOf(whole));
    expect(table.place(2999)).toBe(whole.place(2999));
  };
  async function* cut(from: Uint8Array | string, size: (k: number) => number) {
    for (let at = 0, k = 0; at < from.length; k++) {
      yield from.slice(at, at + size(k)) as Uint8Array;
      at += size(k);
    }
  }

  it("counts lines as a person does", () => {
    expect(text.slice(1).split("\r\n").indexOf('2999,"a ""q"" é€😀, 2999b",374.875,2012-01-03') + 1).toBe(
      Number(whole.place(2999).slice(5)),
    );
  });

  it.each([1, 7, 1000, 65_536])("gives the same table for bytes in chunks of %i", async (size) => {
    same(await readTable(cut(bytes, () => size)));
  });

  it("gives the same table for texts, readers, blobs and files", async () => {
    same(await readTable(text));
    same(await readTable(cut(text, (k) => 1 + ((k * 7919) % 5000))));
    same(await readTable(new Blob([bytes])));
    same(await readTable(new File([bytes], "a.csv")));
    same(await readTable(new Blob([bytes]).stream()));
    same(await readTable(new Blob([bytes]).stream().pipeThrough(new TextDecoderStream() as never)));
    const { body } = new Response(bytes);
    same(await readTable({ getReader: () => (body as ReadableStream<Uint8Array>).getReader() }));
  });

  it("takes chunks only as fast as it reads, and lets go of a stream that it refuses", async () => {
    let ended = false;
    const source = async function* () {
      try {
        yield "a,b\n1,2\n";
        for (let k = 0; k < 1e6; k++) yield `${"1,2\n".repeat(20_000)}1\n`;
      } finally {
        ended = true;
      }
    };
    await expect(readTable(source())).rejects.toThrow("readTable: line 20003 has 1 cells, expected 2");
    expect(ended).toBe(true);
    let cancelled = false;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(`a,b\n${"1\n".repeat(40_000)}`)),
      cancel: () => {
        cancelled = true;
      },
    });
    await expect(readTable({ getReader: () => stream.getReader() })).rejects.toThrow("line 2 has 1 cells");
    expect(cancelled).toBe(true);
  });

  it("decodes other encodings by name, and refuses bytes that are none", async () => {
    const latin = async function* () {
      yield Uint8Array.of(97, 10, 0xe9, 10);
    };
    expect((await readTable(latin(), { encoding: "windows-1252" })).texts("a")).toEqual(["é"]);
    await expect(readTable(latin())).rejects.toThrow("readTable: the bytes are not utf-8. Give the encoding");
    await expect(readTable(latin(), { encoding: "none" })).rejects.toThrow('this host knows no encoding "none"');
    const torn = async function* () {
      yield Uint8Array.of(97, 10, 0xe2, 0x82);
    };
    await expect(readTable(torn())).rejects.toThrow("the bytes are not utf-8");
    const odd = async function* () {
      yield "a\n";
      yield { b: 1 };
    };
    await expect(readTable(odd() as never)).rejects.toThrow(
      "readTable: chunk 2 is an object, expected a Uint8Array or text.",
    );
    await expect(readTable(3 as never)).rejects.toThrow(
      "source must be records, CSV text, or a stream of bytes or text, got 3",
    );
  });
});

describe("records", () => {
  it("are rows with named cells", () => {
    const table = tableOf([
      { a: 1, b: "x", c: true, d: new Date(0), e: 10n, f: " 2.5 " },
      { a: null, b: undefined, c: false, d: "1970-01-02", e: 2, f: 3, g: Number.NaN },
    ]);
    expect(table.types).toEqual({
      a: "number",
      b: "text",
      c: "boolean",
      d: "date",
      e: "number",
      f: "number",
      g: "number",
    });
    expect(table.row(0)).toEqual({ a: 1, b: "x", c: true, d: "1970-01-01T00:00:00.000Z", e: 10, f: 2.5, g: null });
    expect(table.row(1)).toMatchObject({ a: null, b: null, c: false, e: 2, f: 3, g: null });
    const holes = tableOf([{ x: 1 }, { x: Number.NaN }, { x: 3 }]);
    expect([holes.column("x").type, holes.column("x").gaps]).toEqual(["number", 1]);
    expect(table.place(1)).toBe("row 2");
  });

  it("keep a member that is named like the prototype", () => {
    const table = tableOf(JSON.parse('[{ "__proto__": 5 }, {}]'));
    expect(Array.from(table.numbers("__proto__"))).toEqual([5, Number.NaN]);
  });

  it("name row and column of what is no cell", () => {
    expect(() => tableOf([{ a: 1 }, { a: [1] }])).toThrow(
      'tableOf: row 2, column "a": got [1], expected a number, a text',
    );
    expect(() => tableOf([{ a: 1 }, 3 as never])).toThrow("tableOf: row 2 must be an object with named cells, got 3");
    expect(() => tableOf([])).toThrow("tableOf: the table is empty");
    expect(() => tableOf([{ a: "x" }], { types: { a: "number" } })).toThrow(
      'row 1, column "a": got "x", expected a number',
    );
  });
});

describe("a table", () => {
  const table = tableOf("a,b\n1,x\n,y\n3,\n4,x");

  it("gives rows, columns and parts of itself", () => {
    const part = table.select([3, 1]);
    expect(part.row(0)).toEqual({ a: 4, b: "x" });
    expect(part.place(1)).toBe("line 3");
    expect(part.column("a").gaps).toBe(1);
    expect(table.dropGaps().rows).toBe(2);
    expect(table.dropGaps(["b"]).texts("b")).toEqual(["x", "y", "x"]);
    expect(table.select([]).rows).toBe(0);
  });

  it("names what is wrong", () => {
    expect(() => table.numbers("A")).toThrow('numbers: the table has no column "A". Did you mean "a"?');
    expect(() => table.numbers("b")).toThrow('numbers: the cells of column "b" are text. Use texts().');
    expect(() => table.texts("a")).toThrow('texts: column "a" is of type "number". Use numbers().');
    expect(() => table.row(4)).toThrow("row: there is no row 4, expected 0 .. 3.");
    expect(() => table.select([0, -1])).toThrow("select: there is no row -1");
    expect(() => tableOf("a", { delimeter: ";" } as never)).toThrow(
      'unknown option "delimeter". Did you mean "delimiter"?',
    );
    expect(() => tableOf("a", { delimiter: ";;" })).toThrow("delimiter must be one character");
  });
});
