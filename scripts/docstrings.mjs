// Checks the docstrings of the package's declarations, of which the reference is made: every exported name, every member of
// an exported type and every parameter needs words, an option also its default, and every type that a declaration names must
// be exported. An `engine` parameter needs none, because all are the same.
// Usage: node scripts/docstrings.mjs, after the declarations are made.

import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import ts from "typescript";

const folder = resolve("dist/types");
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.values(manifest.exports).flatMap(({ types }) => (types ? [resolve(types)] : []));
const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [], noEmit: true };
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();
const problems = [];

/** Types that a user never writes: what they stand for depends on the host's types, or has no members. */
const insides = new Set(["InstanceOf", "WebAssemblyScope", "brand", "Opaque"]);

function report(node, name, lack) {
  const file = relative(folder, node.getSourceFile().fileName).replaceAll("\\", "/");
  problems.push(`${file.replace(".d.ts", ".ts")}: ${name} ${lack}`);
}

/** Text of a docstring without its tags. */
const wordsOf = (node) =>
  ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "")
    .join("");

/** Checks that a function describes its parameters, which a pattern of names has in common. */
function checkParameters(node, name) {
  for (const parameter of node.parameters ?? []) {
    const text = parameter.name.getText();
    if (text === "this" || (text === "engine" && parameter.type?.getText().endsWith("Engine"))) continue;
    const described = ts.getJSDocParameterTags(parameter).some(({ comment }) => ts.getTextOfJSDocComment(comment));
    if (!described) report(node, `${name}(${text})`, "has no @param");
  }
}

/** Members of the same name in the types that a class or interface extends or implements. */
function inherited(member) {
  const bases = (member.parent.heritageClauses ?? []).flatMap(({ types }) => [...types]);
  return bases.flatMap((base) => {
    const symbol = checker.getTypeAtLocation(base).getProperty(member.name?.getText() ?? "");
    return symbol?.declarations ?? [];
  });
}

/** Checks that each member has words: its own, or those of a member of its name in a base, a getter or another part. */
function checkMembers(members, owner) {
  for (const member of members) {
    const isPrivate = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Private;
    if (isPrivate || ts.isIndexSignatureDeclaration(member) || (member.name && ts.isPrivateIdentifier(member.name)))
      continue;
    const key = member.name?.getText() ?? (ts.isConstructorDeclaration(member) ? "constructor" : "()");
    const alike = members.filter(
      (other) => member.name && other.name?.getText() === key && !ts.isMethodSignature(other),
    );
    const documented = [member, ...inherited(member), ...alike].find((node) => wordsOf(node) !== "");
    if (documented === member) checkParameters(member, `${owner}.${key}`);
    const needsDefault = member.questionToken && member.type?.getText() !== "never" && /Options?$/.test(owner);
    if (documented && needsDefault && !/\b(default|required|this or)\b/i.test(wordsOf(documented)))
      report(member, `${owner}.${key}`, "has no default");
    if (!documented) report(member, `${owner}.${key}`, "has no words");
  }
}

/** Members of the literal types of which a type is made. */
function literalMembers(node) {
  if (ts.isTypeLiteralNode(node)) return [...node.members];
  if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) return node.types.flatMap(literalMembers);
  return ts.isParenthesizedTypeNode(node) ? literalMembers(node.type) : [];
}

/** Declared names that are exported by an entry. */
const exported = new Set();
for (const entry of entries) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  for (const symbol of module ? checker.getExportsOfModule(module) : [])
    exported.add(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
}

/** Names of types from which others inherit; their members are those of the heirs. */
const bases = new Set();
const sources = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
for (const { statements } of sources)
  for (const { heritageClauses = [] } of statements)
    for (const base of heritageClauses.flatMap(({ types }) => [...types])) addBase(base);

/** Adds the name of a base, or that in `Omit<Base, "member">`. */
function addBase(base) {
  const symbol = checker.getSymbolAtLocation(base.expression ?? base.typeName);
  if (symbol) bases.add(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  for (const argument of base.typeArguments ?? []) if (ts.isTypeReferenceNode(argument)) addBase(argument);
}

for (const source of sources)
  for (const statement of source.statements) {
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
    if (!declared.name || ts.isImportDeclaration(statement)) continue;
    const name = declared.name.getText();
    const symbol = checker.getSymbolAtLocation(declared.name);
    if (insides.has(name)) continue;
    if (!exported.has(symbol) && !bases.has(symbol)) report(statement, name, "is not exported");
    if (wordsOf(statement) === "") report(statement, name, "has no words");
    if (ts.isFunctionDeclaration(statement)) checkParameters(statement, name);
    if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement))
      checkMembers([...statement.members], name);
    if (ts.isTypeAliasDeclaration(statement)) checkMembers(literalMembers(statement.type), name);
  }

for (const problem of problems) console.error(problem);
console.log(`${exported.size} exported names, ${problems.length} without words or not exported`);
process.exitCode = problems.length === 0 ? 0 : 1;
