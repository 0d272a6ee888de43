// The package's declarations: what the entries of package.json reach, and nothing else, so that what they do not name is
// no part of the interface; functions that are constants in the sources are declared as functions. scripts/prepare.mjs calls
// prune() after TypeScript has written dist/types.
// Usage: node scripts/declarations.mjs: checks that no insides are among them.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const folder = resolve("dist/types");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(manifest.exports).flatMap(({ types }) => (types ? [resolve(types)] : []));
const files = () =>
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => resolve(folder, name));

/** Declares constants that are functions as functions, and removes every declaration that no entry reaches. */
export function prune() {
  for (const file of files())
    writeFileSync(
      file,
      withFunctions(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true)),
    );
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], noEmit: true };
  const program = ts.createProgram(entries, options);
  const reached = reachedFrom(program);
  for (const file of files()) {
    const source = program.getSourceFile(file);
    const text =
      (source && pruned(source, reached, program.getTypeChecker())) || (entries.includes(file) && source.text);
    if (text) writeFileSync(file, text);
    else rmSync(file);
  }
}

/**
 * Text of a file with `declare function f(x: X): Y` in place of `declare const f: (x: X) => Y`, which `imagesOnly` and
 * `wholeOnly` leave, and with an overload for each signature of a type that the file keeps to itself. Editors then show the words of the
 * parameters.
 */
function withFunctions(source) {
  const isType = (statement) =>
    (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) &&
    !statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  const types = new Map(source.statements.filter(isType).map((statement) => [statement.name.text, statement]));
  let overloaded = ""; // words of the overload before
  const declared = source.statements.map((statement, k) => {
    const text = statement.getFullText();
    if (!isOverload(source.statements[k - 1], statement)) overloaded = "";
    overloaded = statement.jsDoc?.at(-1).getText() ?? overloaded;
    if (ts.isFunctionDeclaration(statement) && !statement.jsDoc) return `\n${overloaded}${text}`;
    const [declaration] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [];
    const signatures = declaration ? signaturesOf(declaration.type, types) : [];
    if (signatures.length === 0) return text;
    const before = text.slice(0, text.length - statement.getText().length);
    const keywords = statement.modifiers.map((modifier) => modifier.getText()).join(" ");
    return signatures
      .map(({ parameters, head, result }) => {
        const words = signatures.length > 1 ? wordsFor(parameters, before) : before;
        return `${words}${keywords} function ${declaration.name.text}${head}: ${result};`;
      })
      .join("");
  });
  return declared.join("") + source.text.slice(source.statements.at(-1)?.end ?? 0);
}

/** A docstring of several signatures without the parameters that one of them has not. */
const wordsFor = (parameters, docstring) =>
  docstring.replace(/^ *\* @param (\w+)[\s\S]*?(?=^ *\*(?: @|\/))/gm, (words, name) =>
    parameters.includes(name) ? words : "",
  );

/** True for the next signature of the same function, which has its words unless it has words of its own. */
const isOverload = (previous, statement) =>
  previous && [previous, statement].every(ts.isFunctionDeclaration) && previous.name.text === statement.name.text;

/** Signatures of a function's type, or of a named type that has nothing but signatures. */
function signaturesOf(type, types) {
  const named = type && ts.isTypeReferenceNode(type) ? types.get(type.typeName.getText()) : undefined;
  const nodes = named?.members ?? [named?.type ?? type];
  if (!nodes.every((node) => node && (ts.isFunctionTypeNode(node) || ts.isCallSignatureDeclaration(node)))) return [];
  return nodes.map((node) => {
    const head = node.getText().slice(0, node.type.getStart() - node.getStart());
    const parameters = node.parameters.map(({ name }) => name.getText());
    return { parameters, head: head.replace(/\s*(=>|:)\s*$/, ""), result: node.type.getText() };
  });
}

/** Symbol of a name behind imports and exports. */
function meaning(checker, node) {
  // A computed name has the symbol of its member; what it is computed of has a type of its own.
  const symbol = ts.isComputedPropertyName(node.parent)
    ? checker.getTypeAtLocation(node).symbol
    : checker.getSymbolAtLocation(node);
  return symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The statements that the entries' exports need, directly or through others. */
function reachedFrom(program) {
  const checker = program.getTypeChecker();
  const reached = new Set();
  const add = (symbol) => {
    for (const declaration of symbol?.declarations ?? []) {
      const node = statementOf(declaration);
      if (!node.parent?.fileName.startsWith(folder) || reached.has(node)) continue;
      reached.add(node);
      visit(node);
    }
  };
  const visit = (node) => {
    if (ts.isIdentifier(node)) add(meaning(checker, node));
    ts.forEachChild(node, visit);
  };
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
    for (const symbol of module ? checker.getExportsOfModule(module) : [])
      add(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  }
  return reached;
}

/** The text of a file without what is not reached; empty if nothing is left. */
function pruned(source, reached, checker) {
  const isReached = (name) => meaning(checker, name)?.declarations?.some((node) => reached.has(statementOf(node)));
  const isUsed = new Set();
  const collect = (node) => {
    if (ts.isIdentifier(node)) isUsed.add(node.text);
    ts.forEachChild(node, collect);
  };
  for (const statement of source.statements) if (reached.has(statement)) collect(statement);
  const kept = source.statements.flatMap((statement) => {
    const text = statement.getFullText(source);
    if (reached.has(statement)) return [text];
    if (ts.isExportDeclaration(statement)) {
      const { exportClause: clause } = statement;
      return !clause || clause.elements.length === 0 || clause.elements.some(({ name }) => isReached(name))
        ? [text]
        : [];
    }
    return ts.isImportDeclaration(statement) ? importOf(statement, isUsed) : [];
  });
  const directives = source.text.match(/^\/\/\/.*\n/gm) ?? [];
  const body = kept.join("").replace(/^\/\/\/.*\n/gm, "");
  return /\b(?:interface|type|class|function|const|\*|from)\b/.test(body) ? directives.join("") + body : "";
}

function statementOf(node) {
  let statement = node;
  while (statement.parent && !ts.isSourceFile(statement.parent)) statement = statement.parent;
  return statement;
}

/** An import with the names that are used, if there are any. */
function importOf(statement, isUsed) {
  const elements = statement.importClause?.namedBindings?.elements;
  if (!elements) return [statement.getFullText()];
  const names = elements.filter(({ name }) => isUsed.has(name.text)).map((element) => element.getText());
  if (names.length === 0) return [];
  const type = statement.importClause.getText().startsWith("type ") ? "type " : "";
  return [`\nimport ${type}{ ${names.join(", ")} } from ${statement.moduleSpecifier.getText()};`];
}

/** Names of what no user may see, and the members that descriptions may have. */
const internal = new Set(
  (
    "Trace Placement Program TrainerParts TrainerMemory Wrapper Workspace Hyper Scheduled InnerSchedule SchedulePlan " +
    "Core CoreExports Insides emit leaf stream hyper hyperNames weightsAre wrappers workspace looksAhead"
  ).split(" "),
);
const members = new Set(["name", "with"]);

/** Declarations that are no part of the interface. */
function leaks() {
  const found = [];
  for (const file of files()) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
    const visit = (node) => {
      const name = node.name && ts.isIdentifier(node.name) ? node.name.text : "";
      const owner = node.parent;
      const isMember =
        ts.isTypeElement(node) &&
        ts.isInterfaceDeclaration(owner) &&
        /\bOpaque</.test(owner.heritageClauses?.[0]?.getText() ?? "");
      if (internal.has(name) || (isMember && name && !members.has(name)))
        found.push(`${file.slice(folder.length + 1)}: ${isMember ? `${owner.name.text}.` : ""}${name}`);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const found = leaks();
  for (const place of found) console.log(`${place} is no part of the interface`);
  console.log(`${files().length} files of declarations, ${found.length} problems`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
