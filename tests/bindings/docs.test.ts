// The documentation is executed: the programs of README.md and of the pages in docs/, and every @example of the bindings,
// run, and what a comment or an output block promises is what they print. (Programs that carry a mark, <!-- host: … --> or
// <!-- package: … -->, run in tests/hosts and tests/package as well.)

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transform } from "esbuild";
import * as png from "fast-png";
import * as thalweg from "thalweg";
import * as dashboard from "thalweg/dashboard";
import * as inspect from "thalweg/inspect";
import * as plot from "thalweg/plot";
import * as table from "thalweg/table";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const AsyncFunction = (async () => {}).constructor as new (
  ...body: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs a program with the public names in scope; returns what it logged. */
async function logged(program: string, scope: Record<string, unknown> = {}): Promise<string[]> {
  const lines: string[] = [];
  const names = {
    ...thalweg,
    ...plot,
    ...dashboard,
    ...inspect,
    ...table,
    ...png,
    ...scope,
    console: { log: (value: unknown) => lines.push(String(value)) },
  };
  const script = program.replace(
    /^ *import .* from "(thalweg(\/dashboard|\/inspect|\/plot|\/table)?|fast-png)";$/gm,
    "",
  );
  const { code: body } = await transform(script, { loader: "ts", target: "es2022" });
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  return lines;
}

const fence = /^(?:<!-- (?:host|package): .* -->\n+)?```(\w+)\n([\s\S]*?)^```$/gm;

/** The fences of a page: language, text, and whether another test has them by a mark. */
function fencesOf(page: string): { language: string; text: string; marked: boolean }[] {
  return [...page.matchAll(fence)].map(([whole, language = "", text = ""]) => ({
    language,
    text,
    marked: whole.startsWith("<!--"),
  }));
}

/** Programs in other languages and of other libraries are fenced as python or javascript. */
const isProgram = (language: string): boolean => language === "js" || language === "ts";
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const pages = [...markdownIn("."), ...markdownIn("docs")];

describe("programs of the pages", () => {
  const programs = pages.flatMap((page) =>
    fencesOf(read(page)).flatMap(({ language, text, marked }, k) => {
      if (isProgram(language) && !/^export /m.test(text)) return [[`${page}, fence ${k + 1}`, text] as const];
      if (language !== "html" || marked) return [];
      return [[`${page}, fence ${k + 1}`, /<script type="module">([\s\S]*)<\/script>/.exec(text)?.[1] ?? ""] as const];
    }),
  );
  // What the page of a program has: elements that can be written to.
  const document = { querySelector: () => ({ replaceChildren() {}, addEventListener() {} }) };

  it.each(programs)("%s prints its comments", async (_, program) => {
    const promised = [...program.matchAll(/^ *console\.log\(.*\); *\/\/ ([^,\n]*)/gm)].map(([, text = ""]) =>
      text.trim(),
    );
    const lines = await logged(program, { document });
    if (promised.length > 0) expect(lines).toEqual(promised);
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

  it("its first program prints what the page says", async () => {
    const [program] = fencesOf(readme).filter(({ language }) => language === "js");
    const [printed] = fencesOf(readme).filter(({ language }) => language === "text");
    expect((await logged(program?.text ?? "")).join("\n")).toBe(printed?.text.trim());
  });

  it("has its numbers of speed from docs/bench.md", () => {
    const table = /<!-- speed:begin -->([\s\S]*)<!-- speed:end -->/.exec(readme)?.[1] ?? "";
    const bench = read("docs/bench.md");
    const numbers = table.match(/\d[\d.]+x|\d+(\.\d+)? (GFLOP\/s|M\/s|k [\w ]+\/s)/g) ?? [];
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.filter((number) => !bench.includes(number))).toEqual([]);
  });
});

describe("docs/debugging.md", () => {
  it("shows messages that the library throws", async () => {
    const engine = await thalweg.createEngine();
    const messages = fencesOf(read("docs/debugging.md")).find(({ language }) => language === "text")?.text;
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

describe("links", () => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, "")
      .replaceAll(" ", "-");
  const anchorsOf = (page: string): string[] => [...page.matchAll(/^#+ (.*)$/gm)].map(([, text = ""]) => anchor(text));

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
