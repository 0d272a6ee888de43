// The documentation is executed: the README's programs and every @example of the bindings run, and what a comment or
// an output block promises is what they print.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import * as thalweg from "thalweg";
import * as inspect from "thalweg/inspect";
import * as plot from "thalweg/plot";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;
const AsyncFunction = (async () => {}).constructor as new (
  ...body: string[]
) => (...values: unknown[]) => Promise<void>;

/** Runs a program with the public names in scope; answers what it logged. */
async function logged(program: string, scope: Record<string, unknown> = {}): Promise<string[]> {
  const lines: string[] = [];
  const names = {
    ...thalweg,
    ...plot,
    ...inspect,
    ...scope,
    console: { log: (value: unknown) => lines.push(String(value)) },
  };
  const script = program.replace(/^import .* from "thalweg";$/gm, "");
  const { code: body } = await transform(script, { loader: "ts", target: "es2022" });
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  return lines;
}

function fences(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`(?:${language})\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    (match) => match[1] as string,
  );
}

describe("README", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  // Modules that export are for hosts that call them: tests/hosts runs those.
  const programs = fences(readme, "js|ts").filter((program) => !/^export /m.test(program));

  it("its first program prints what the page says", async () => {
    const [printed] = fences(readme, "text");
    expect((await logged(programs[0] as string)).join("\n")).toBe((printed as string).trim());
  });

  it.each(programs.map((program, k) => [k, program] as const))("program %i prints its comments", async (_, program) => {
    const promised = [...program.matchAll(/^console\.log\(.*\); *\/\/ ([^,\n]*)/gm)].map((match) =>
      (match[1] as string).trim(),
    );
    const lines = await logged(program);
    if (promised.length > 0) expect(lines).toEqual(promised);
  });

  it("shows sentences that the library says", async () => {
    const engine = await thalweg.createEngine();
    const sentences = fences(readme, "text")[1] as string;
    const said = (body: () => unknown): string => {
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
    expect(sentences).toContain(said(() => product({ a: zeros(32, 16), b: zeros(8, 4) })));
    expect(sentences).toContain(said(() => thalweg.adam({ learningRate: -0.1 })));
    expect(sentences).toContain(said(() => thalweg.sgd({ learningrate: 0.1 } as never)));
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
