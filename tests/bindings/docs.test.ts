// The documentation is executed: the programs of README.md and of the pages in docs/, and every @example of the bindings,
// run, and what a comment or an output block promises is what they print. (Programs that carry a mark, <!-- host: … --> or
// <!-- package: … -->, run in tests/hosts and tests/package as well.)

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import * as png from "fast-png";
import * as thalweg from "thalweg";
import * as dashboard from "thalweg/dashboard";
import * as exporting from "thalweg/export";
import * as reading from "thalweg/import";
import * as inspect from "thalweg/inspect";
import * as load from "thalweg/load";
import * as minimizers from "thalweg/minimizers";
import * as plot from "thalweg/plot";
import * as table from "thalweg/table";
import * as text from "thalweg/text";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const AsyncFunction = (async () => {}).constructor as new (
  ...body: string[]
) => (...values: unknown[]) => Promise<void>;

/** What a program imports from thalweg/minimizers: its test functions have names that programs give their own functions. */
function importedMinimizers(program: string): Record<string, unknown> {
  const [, names = ""] = /^ *import \{(.*)\} from "thalweg\/minimizers";$/m.exec(program) ?? [];
  const all: Readonly<Record<string, unknown>> = minimizers;
  return Object.fromEntries((names.match(/\w+/g) ?? []).map((name) => [name, all[name]]));
}

/** Runs a program with the public names in scope; returns what it logged. */
async function logged(program: string, scope: Record<string, unknown> = {}): Promise<string[]> {
  const lines: string[] = [];
  const names = {
    ...thalweg,
    ...plot,
    ...dashboard,
    ...inspect,
    ...exporting,
    ...load,
    ...reading,
    ...table,
    ...text,
    ...importedMinimizers(program),
    ...png,
    ...scope,
    console: { log: (value: unknown) => lines.push(String(value)) },
  };
  const script = program.replace(
    /^ *import .* from "(thalweg(\/dashboard|\/export|\/import|\/inspect|\/load|\/minimizers|\/plot|\/table|\/text)?|fast-png|[^"]*\/thalweg\.cdn\.js)";$/gm,
    "",
  );
  const { code: body } = await transform(script, { loader: "ts", target: "es2022" });
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  return lines;
}

const fence = /^(?:<!-- (?:host|package): .* -->\n+)?```(\w+)\n([\s\S]*?)^```$/gm;

/** The fences of a page: language, text, whether another test has them by a mark, and a text that follows at once. */
function fencesOf(page: string) {
  return [...page.matchAll(fence)].map(({ 0: whole, 1: language = "", 2: text = "", index }) => ({
    language,
    text,
    marked: whole.startsWith("<!--"),
    printed: /^\n+```text\n([\s\S]*?)\n```/.exec(page.slice(index + whole.length))?.[1],
  }));
}

/** Programs in other languages and of other libraries are fenced as python or javascript. */
const isProgram = (language: string): boolean => language === "js" || language === "ts";
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const markdownIn = (folder: string, recursive: boolean): string[] =>
  readdirSync(join(root, folder), { recursive, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name))
    .sort();
/** Without the Chinese pages, which have the same programs: see translations.test.ts. */
const pages = [...markdownIn(".", false), ...markdownIn("docs", true), ...markdownIn("site/pages", true)].filter(
  (page) => !page.startsWith("docs/zh/"),
);

describe("programs of the pages", () => {
  const programs = pages.flatMap((page) =>
    fencesOf(read(page)).flatMap(({ language, text, marked, printed }, k) => {
      const name = `${page}, fence ${k + 1}`;
      if (isProgram(language) && !/^export /m.test(text)) return [[name, text, printed] as const];
      if (language !== "html" || marked) return [];
      return [[name, /<script type="module">([\s\S]*)<\/script>/.exec(text)?.[1] ?? "", printed] as const];
    }),
  );
  // What the page of a program has: elements that can be written to.
  const document = { querySelector: () => ({ replaceChildren() {}, addEventListener() {} }) };

  it.each(programs)("%s prints its comments, and the text behind it", async (_, program, printed) => {
    const promised = [...program.matchAll(/^ *console\.log\(.*\); *\/\/ ([^,\n]*)/gm)].map(([, text = ""]) =>
      text.trim(),
    );
    const lines = await logged(program, { document });
    if (promised.length > 0) expect(lines).toEqual(promised);
    if (printed !== undefined) expect(lines.join("\n").trimEnd()).toBe(printed.trimEnd());
  });

  it.each(pages)("%s has no program that no test runs", (page) => {
    const modules = fencesOf(read(page)).filter(({ language, text }) => isProgram(language) && /^export /m.test(text));
    expect(modules.filter(({ marked }) => !marked)).toEqual([]);
  });
});

describe("README", () => {
  const readme = read("README.md");

  it("is short", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(200);
  });
});

describe("numbers of speed", () => {
  const quoting = pages.filter((page) => page !== "docs/bench.md" && read(page).includes("<!-- speed:begin -->"));

  it("are quoted by README.md and the guide", () => {
    expect(quoting).toEqual(expect.arrayContaining(["README.md", "docs/guide/speed.md"]));
  });

  it.each(quoting)("%s has them from docs/bench.md", (page) => {
    const table = /<!-- speed:begin -->([\s\S]*)<!-- speed:end -->/.exec(read(page))?.[1] ?? "";
    const bench = read("docs/bench.md");
    const numbers = table.match(/\d[\d.]+x|\d+(\.\d+)? (GFLOP\/s|M\/s|k [\w ]+\/s)/g) ?? [];
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.filter((number) => !bench.includes(number))).toEqual([]);
  });
});

describe("docs/guide/debugging.md", () => {
  it("shows messages that the library throws", async () => {
    const engine = await thalweg.createEngine();
    const messages = fencesOf(read("docs/guide/debugging.md")).find(({ language }) => language === "text")?.text;
    const thrown = (body: () => unknown): string => {
      try {
        body();
      } catch (error) {
        return (error as Error).message;
      }
      return "nothing";
    };
    const product = thalweg.compile(engine, ({ a, b }: { a: thalweg.Tensor; b: thalweg.Tensor }) => a.matmul(b));
    const zeros = (rows: number, columns: number) => ({
      data: new Float64Array(rows * columns),
      shape: [rows, columns],
    });
    expect(messages).toContain(thrown(() => product({ a: zeros(32, 16), b: zeros(8, 4) })));
    expect(messages).toContain(thrown(() => thalweg.adam({ learningRate: -0.1 })));
    expect(messages).toContain(thrown(() => thalweg.sgd({ learningrate: 0.1 } as never)));
  });
});

describe("docs/architecture.md", () => {
  it.each(["assembly", "bindings"])("names every folder of %s", (folder) => {
    const names = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`);
    const page = read("docs/architecture.md");
    expect(names.filter((name) => !page.includes(name))).toEqual([]);
  });
});

describe("docs/gallery.md", () => {
  it("shows every picture once", () => {
    const shown = [...read("docs/gallery.md").matchAll(/\]\(pictures\/(\w+\.svg)\)/g)].map(([, name]) => name);
    expect(shown.sort()).toEqual(readdirSync(join(root, "docs/pictures")).sort());
  });
});

describe("links", () => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, "")
      .replaceAll(" ", "-");
  // Pages of the site alone, and Chinese ones, may name an anchor: {#name}.
  const anchorsOf = (page: string): string[] =>
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) => /\{#([\w-]+)\}$/.exec(text)?.[1] ?? anchor(text));

  it.each(pages)("%s links to what exists", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)];
    const broken = links.filter(([, file = "", heading]) => {
      const target = file === "" ? page : join(dirname(page), file);
      if (!existsSync(join(root, target))) return true;
      return heading !== undefined && !anchorsOf(read(target)).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe("docs/methods", () => {
  const english = pages.filter((page) => page.startsWith("docs/methods/"));

  it("has every method of the table in docs/methods.md", () => {
    const names = [...read("docs/methods.md").matchAll(/^\| `(\w+)`/gm)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(100);
    const text = english.map(read).join("\n");
    // In a heading, or in the first column of a table.
    const described = (name: string): boolean => new RegExp(`^(#+ .*|\\| [^|]*)\`${name}[\`(]`, "m").test(text);
    expect(names.filter((name) => !described(name))).toEqual([]);
  });

  it("has the formula of every test function", () => {
    const functions = Object.values<unknown>({ ...minimizers, quadratic: minimizers.quadratic(1) }).filter(
      (value): value is { tex: string } => typeof value === "object" && value !== null && "tex" in value,
    );
    expect(functions.length).toBeGreaterThan(10);
    const page = read("docs/methods/test-functions.md").replaceAll("\\kappa ", "1");
    for (const { tex } of functions) expect(page).toContain(`$${tex.replaceAll("\\,", "")}$`);
  });

  /** Formulas of a page: $$ … $$ as blocks, $ … $ within lines; programs and code are left out. */
  const formulasOf = (page: string): string[] => {
    const prose = page.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
    return [...prose.matchAll(/\$\$([\s\S]+?)\$\$|\$([^$\n]+)\$/g)].map(([, block, inline]) => block ?? inline ?? "");
  };
  const withFormulas = pages.filter((page) => formulasOf(read(page)).length > 0);

  it.each(withFormulas)("%s: no formula has what GitHub or Vue would change", (page) => {
    // GitHub reads a backslash before punctuation as an escape of Markdown, and Vue reads two braces as an expression.
    expect(formulasOf(read(page)).filter((formula) => /\\[^a-zA-Z\s]|\{\{|[<>]/.test(formula))).toEqual([]);
  });

  const katex = join(root, "site/node_modules/katex/dist/katex.mjs");
  it.runIf(existsSync(katex)).each(withFormulas)("%s: every formula can be typeset", async (page) => {
    const { default: typesetter } = await import(/* @vite-ignore */ katex);
    for (const formula of formulasOf(read(page)))
      expect(typesetter.renderToString(formula, { throwOnError: true, strict: "error" }), formula).toContain("katex");
  });
});

const files = readdirSync(join(root, "bindings"), { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

describe("options", () => {
  const of = /^(trainer|fit|stopping|engine|gradientTransforms|averages|penalties|optimizers\/|minimizers\/)/;
  /** [option, its docstring] of all numbers among the options of a file. */
  function numbersOf(file: string): [string, string][] {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(root, "bindings", file), "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    const found: [string, string][] = [];
    const visit = (node: ts.Node, owner: string): void => {
      const named = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) ? node.name.text : owner;
      if (
        ts.isPropertySignature(node) &&
        /(Options|EarlyStopping)$/.test(named) &&
        /^(number|Schedulable)$/.test(node.type?.getText() ?? "")
      )
        found.push([
          `${named}.${node.name.getText()}`,
          ts
            .getJSDocCommentsAndTags(node)
            .map((doc) => doc.getText())
            .join(""),
        ]);
      ts.forEachChild(node, (child) => visit(child, named));
    };
    visit(source, "");
    return found;
  }

  it.each(files.filter((file) => of.test(file) && numbersOf(file).length > 0))(
    "%s: every number has a range",
    (file) => {
      for (const [option, text] of numbersOf(file))
        expect(text, option).toMatch(/[<>≤≥]|[Ww]hole\s+(\*\s+)?number|finite|\.\.|at least|at most/);
    },
  );
});

describe("@example", () => {
  const examples = files.flatMap((file) =>
    [...readFileSync(join(root, "bindings", file), "utf8").matchAll(/@example\n((?: *\* (?!@).*\n)+)/g)].map(
      (match) => [file, (match[1] as string).replace(/^ *\* ?/gm, "").trim()] as const,
    ),
  );

  it("there are some", () => {
    expect(examples.length).toBeGreaterThan(8);
  });

  it.each(examples)("%s: %s", async (_, example) => {
    const engine = await thalweg.createEngine();
    const data = { inputs: [[0], [1]], targets: [[0], [1]] };
    const trainer = thalweg.createTrainer(engine, {
      model: thalweg.sequential([thalweg.linear(1, 1)]),
      loss: thalweg.meanSquaredError(),
      optimizer: thalweg.sgd({ learningRate: 0.1 }),
    });
    // A line `call; // value` promises the value.
    const program = example.replace(/^(.*); \/\/ (.*)$/gm, "check($1, $2);");
    const check = (got: unknown, promised: unknown): void => {
      expect(
        JSON.parse(JSON.stringify(got, (_, value) => (ArrayBuffer.isView(value) ? Array.from(value as never) : value))),
      ).toEqual(promised);
    };
    const declares = (name: string): boolean => new RegExp(`const ${name}\\b`).test(program);
    const scope = Object.fromEntries(
      Object.entries({ engine, data, trainer, check }).filter(([name]) => !declares(name)),
    );
    await logged(program, scope);
  });
});
