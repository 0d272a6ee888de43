// Writes the table of docs/methods.md from the docstrings of the public names: every function that returns an optimizer, a
// schedule, a loss and so on, with the formula of its first sentence and the papers it cites. A method without them is an error.
// Usage: node scripts/methods.mjs [--check]. Without --check it writes the table.

import { join, relative } from "node:path";
import ts from "typescript";
import { generatedTable } from "./tables.mjs";

const root = join(import.meta.dirname, "..");

/** Type that a public name returns or has, heading over such methods, and whether each must cite a paper. */
const groups = [
  { type: "Optimizer", heading: "Optimizers and what wraps them", cited: true },
  { type: "Schedule", heading: "Schedules", cited: true },
  { type: "GradientTransform", heading: "Gradient transforms", cited: true },
  { type: "Penalty", heading: "Penalties", cited: true },
  { type: "Constraint", heading: "Constraints", cited: true },
  { type: "WeightAverage", heading: "Averages of the weights", cited: true },
  { type: "Loss", heading: "Losses", cited: false },
  { type: "Layer", heading: "Layers and models", cited: false },
  { type: "Initializer", heading: "Initializers", cited: false },
];

/** Every public method: { name, type, file, text }, in the order of the index. */
function publicMethods() {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const index = join(root, "bindings", "index.ts");
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source)).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.valueDeclaration;
    if (!declaration || !(symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable))) return [];
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    const called = type.aliasSymbol ? type : (type.getCallSignatures()[0]?.getReturnType() ?? type);
    const { name } = called.aliasSymbol ?? called.symbol ?? {};
    if (!groups.some((group) => group.type === name)) return [];
    const file = declaration.getSourceFile();
    const statement = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
    const [comment] = ts.getJSDocCommentsAndTags(statement).filter(ts.isJSDoc).slice(-1);
    const text = comment
      ? comment
          .getText(file)
          .replace(/^\/\*\*|\*\/$/g, "")
          .replace(/^ *\* ?/gm, "")
          .trim()
      : "";
    return [{ name: exported.name, type: name, file: relative(root, file.fileName), text }];
  });
}

/** Returns a paragraph without its line breaks. */
const joined = (lines) => lines.replace(/\s+/g, " ").trim();

/** Parses "Adam: w ← …; more. And so on." to { title: "Adam", formula: "w ← …; more" }. */
function firstSentence(text) {
  const [paragraph] = joined(text.split(/\n\s*\n|\n@|\n\|/)[0] ?? "").split(/\.(?: (?=[A-Z(`]|[a-z]+\()|$)/);
  const [, title, formula] = /^([^:←=]+): (.+)$/.exec(paragraph) ?? [undefined, "", paragraph];
  return { title, formula };
}

/** Returns the papers: the texts of @see. */
function papers(text) {
  const tags = text.split(/\n(?=@)/).filter((tag) => tag.startsWith("@see "));
  return tags.map((tag) => joined(tag.slice(5).split(/\n\s*\n/, 1)[0]));
}

const cell = (text) => text.replaceAll("|", "\\|");

function table(methods) {
  const rows = groups.flatMap(({ type, heading }) => {
    const own = methods.filter((method) => method.type === type);
    if (own.length === 0) return [];
    const lines = own.map(({ name, text }) => {
      const { title, formula } = firstSentence(text);
      return `| \`${name}\`${title ? ` ${cell(title)}` : ""} | ${cell(formula)} | ${cell(papers(text).join("; "))} |`;
    });
    return [`| **${heading}** | | |`, ...lines];
  });
  return ["| method | what it computes | paper |", "|---|---|---|", ...rows].join("\n");
}

/** Returns what docstrings lack, by name. */
function defects(methods) {
  return methods.flatMap(({ name, type, file, text }) => {
    const { title, formula } = firstSentence(text);
    const { cited } = groups.find((group) => group.type === type);
    const lacks = [];
    if (!formula) lacks.push("a first line that says what it computes");
    if (cited && formula && !title) lacks.push('a first line of the form "Name: formula"');
    if (cited && papers(text).length === 0) lacks.push("a citation: @see Author, *Title*, venue, year");
    return lacks.map((lack) => `${file}: ${name} lacks ${lack}.`);
  });
}

const methods = publicMethods();
const wrong = defects(methods);
const page = generatedTable("methods");
const written = table(methods);
const checking = process.argv.includes("--check");
if (checking && wrong.length === 0 && written !== page.text)
  wrong.push(`${page.file}: the table differs from the docstrings. Run npm run methods.`);
if (wrong.length > 0) console.error(wrong.join("\n"));
else if (!checking) page.replace(written);
process.exitCode = wrong.length > 0 ? 1 : 0;
