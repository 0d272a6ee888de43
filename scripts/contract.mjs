// Writes what the two languages share from its one source, the AssemblyScript classes and registrations:
//
//   assembly/abi.ts                 the numbers of assembly/numbers.ts; a code for every op, rule, transform, wrapper, line search
//                                   and direction; offsets of the fields of every class marked `@record`, and its size
//   assembly/<kind>/index.ts        the functions that register all of a kind, by feature set
//   assembly/registrations.ts       the functions that register all kinds of a feature set
//   bindings/values/contract.ts     codes, fields by name and needs, names of ops and types
//   bindings/engine/exports.ts      what the core exports
//   bindings/engine/recordFields.ts the fields of every record, each typed by its record
//   bindings/optimizers/index.ts    every public name of the descriptions
//
// The fields of a registered class are what a description gives, by name; those from the one marked `@state` on are what the
// class remembers.
// Codes change when something is added. Saved files hold those of schedules, which assembly/numbers.ts therefore lists.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import ts from "typescript";
import { setOf, sets } from "./sets.mjs";

/** The kinds of registered classes: the index that lists them, and the functions that register them. */
const kinds = {
  op: { folder: "assembly/ops", register: "Ops" },
  rule: { folder: "assembly/optimizers", register: "Rules" },
  transform: { folder: "assembly/optimizers/transforms", register: "Transforms" },
  wrapper: { folder: "assembly/optimizers/wrappers", register: "Wrappers" },
  schedule: { folder: "assembly/schedules", register: "Laws" },
  search: { folder: "assembly/minimizers/searches", register: "Searches" },
  direction: { folder: "assembly/minimizers/directions", register: "Directions" },
};
const bytesOf = { u8: 1, u16: 2, u32: 4, i32: 4, f32: 4, usize: 4, u64: 8, f64: 8 };
const header = "// Written by scripts/contract.mjs.\n\n";
/** Files that descriptions of optimizers share; bindings/index.ts names their public types. */
const parts = [
  ...["averages.ts", "chain.ts", "constraints.ts", "convention.ts", "decay.ts", "gradientTransforms.ts", "index.ts"],
  ...["moments.ts", "optimizer.ts", "penalties.ts", "scalar.ts", "wrap.ts"],
];

const lists = Object.values(kinds).map(({ folder }) => `${folder}/index.ts`);
export const generated = [
  "assembly/abi.ts",
  ...lists,
  "assembly/registrations.ts",
  "bindings/values/contract.ts",
  "bindings/engine/exports.ts",
  "bindings/engine/recordFields.ts",
  "bindings/optimizers/index.ts",
];

const upper = (name) => name[0].toUpperCase() + name.slice(1);
const lower = (name) => name[0].toLowerCase() + name.slice(1);

/** Leaves a file alone that says the same already, for whoever watches it. */
function write(file, body) {
  mkdirSync(dirname(file), { recursive: true });
  if (!existsSync(file) || readFileSync(file, "utf8") !== header + body) writeFileSync(file, header + body);
}

function sources() {
  return readdirSync("assembly", { recursive: true })
    .map((name) => `assembly/${name.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !generated.includes(path))
    .sort()
    .map((path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true));
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

const refuse = (node, sentence) => {
  const file = node.getSourceFile();
  throw new Error(`${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${sentence}`);
};

/** Texts of the tags of a node's comment, by name. */
const tagsOf = (node) =>
  Object.fromEntries(
    ts.getJSDocTags(node).map((tag) => [tag.tagName.text, (ts.getTextOfJSDocComment(tag.comment) ?? "").trim()]),
  );

/** Fields of a class with their offsets, as the compiler aligns them, and its size in whole doubles. */
function layout(node) {
  let end = 0;
  let isState = false;
  const members = node.members.filter(ts.isPropertyDeclaration);
  const fields = members.map((member) => {
    const size = bytesOf[member.type?.getText()];
    if (!size) refuse(member, `a field of a record must be a number, got ${member.type?.getText()}.`);
    const offset = Math.ceil(end / size) * size;
    const tags = tagsOf(member);
    if (tags.times && member !== members.at(-1)) refuse(member, "only the last field of a record can be there @times.");
    end = offset + size * Number(tags.times ?? 1);
    isState ||= tags.state !== undefined;
    const type = member.type.getText();
    return { name: member.name.text, type, offset, isState, each: Number(tags.each ?? 0) };
  });
  return { fields, bytes: Math.ceil(end / 8) * 8 };
}

/** Reads `class`es, registrations and lists of a source. */
function read(source, found) {
  const registers = new Map(); // kind → functions of this file that register it
  visit(source, (node) => {
    if (ts.isClassDeclaration(node)) found.classes.set(`${source.fileName} ${node.name.text}`, node);
    if (!ts.isCallExpression(node) || !node.typeArguments) return;
    const [code, needs] = node.arguments;
    if (!code || !ts.isIdentifier(code)) return;
    const kind = /^(op|rule|transform|wrapper|schedule|search|direction)(?=[A-Z])/.exec(code.text)?.[0];
    if (!kind) return;
    const type = node.typeArguments?.[0];
    const strategy = type?.typeName?.text ?? "";
    let owner = node;
    while (owner && !ts.isFunctionDeclaration(owner)) owner = owner.parent;
    if (!/^register/.test(owner?.name.text)) return;
    found.registered.push({ kind, name: code.text, class: `${source.fileName} ${strategy}`, needs, node });
    registers.set(kind, new Set([...(registers.get(kind) ?? []), owner.name.text]));
  });
  for (const [kind, functions] of registers)
    for (const name of functions) found.lists.push({ kind, path: source.fileName, name });
}

/** Numbers that assembly/numbers.ts states. */
function numbersOf(source) {
  const numbers = new Map();
  visit(source, (node) => {
    if (!ts.isVariableDeclaration(node)) return;
    const text = node.initializer.getText();
    if (/^-?\w+$/.test(text)) numbers.set(node.name.text, Number(text));
  });
  return numbers;
}

/** The value of `a | b | ...` of names in assembly/abi.ts. */
function bits(expression, numbers) {
  if (!expression) return 0;
  return expression
    .getText()
    .split("|")
    .reduce((sum, name) => {
      if (!numbers.has(name.trim())) refuse(expression, `${name.trim()} is no number of assembly/numbers.ts.`);
      return sum | numbers.get(name.trim());
    }, 0);
}

/** Checks that the needs of a search or a direction include everything that it uses. */
function checkNeeds({ kind, name, needs, node }, strategy, value, numbers) {
  const wants = new Set();
  const within = kind === "search" ? strategy : node.getSourceFile();
  visit(within, (inner) => {
    if (kind === "search" && ts.isPropertyAccessExpression(inner) && inner.expression.getText() === "line") {
      if (inner.name.text === "slope") wants.add("requestGradient");
      if (inner.name.text === "value") wants.add("requestValue");
      if (inner.name.text === "curvature") wants.add("requestProduct");
    }
    if (kind === "direction" && ts.isIdentifier(inner) && /^request(Hessian|Product)$/.test(inner.text))
      wants.add(inner.text);
  });
  for (const want of wants)
    if (!(value & numbers.get(want)))
      refuse(needs ?? node, `${name} uses what ${want} asks for, and does not say that it needs it. Add ${want}.`);
}

function coreInterface(files) {
  const lines = files.flatMap(({ source, optional }) =>
    source.statements.filter(ts.isFunctionDeclaration).flatMap((node) => {
      if (!node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
      const given = node.parameters.map((parameter) => `${parameter.name.getText()}: number`).join(", ");
      const answer = node.type.getText() === "void" ? "void" : "number";
      return `  ${node.name.text}${optional ? "?" : ""}(${given}): ${answer};\n`;
    }),
  );
  return `export interface CoreExports {\n${lines.join("")}}\n`;
}

/** Codes of all that is registered. Ops count from 1; those that saved files hold are listed in assembly/numbers.ts. */
function codesOf(registered, numbers) {
  const codes = new Map();
  const next = { op: 1 };
  for (const { kind, name, node } of registered) {
    if (codes.has(name)) refuse(node, `${name} is registered twice.`);
    if (kind === "schedule") {
      if (!numbers.has(name))
        refuse(node, `assembly/numbers.ts has no number for ${name}. Add it there: saved files hold it.`);
      codes.set(name, numbers.get(name));
      continue;
    }
    codes.set(name, next[kind] ?? 0);
    next[kind] = codes.get(name) + 1;
    const count = numbers.get(`${kind}Count`);
    if (next[kind] > count) refuse(node, `more than ${count} of this kind. Raise ${kind}Count in assembly/numbers.ts.`);
  }
  return codes;
}

/** Fields of all records, and the sizes of the records, by their full names. */
function recordsOf({ classes, registered }, numbers) {
  const offsets = new Map();
  const fields = [];
  const put = (name, value) => {
    if (offsets.has(name) || numbers.has(name)) throw new Error(`two records have a field ${name}. Rename one.`);
    offsets.set(name, value);
  };
  for (const node of classes.values()) {
    const { record } = tagsOf(node);
    if (record === undefined) continue;
    const prefix = record || lower(node.name.text);
    const laid = layout(node);
    for (const field of laid.fields) {
      put(prefix + upper(field.name), field.offset);
      fields.push({ ...field, record: prefix, name: prefix + upper(field.name) });
    }
    put(`${prefix}Bytes`, laid.bytes);
  }
  for (const kind of ["search", "direction"]) {
    const sizes = registered
      .filter((entry) => entry.kind === kind)
      .map((entry) => layout(classes.get(entry.class)).bytes);
    put(`${kind}Bytes`, Math.max(...sizes));
  }
  return { offsets, fields };
}

function abiText(stated, codes, offsets, numbers) {
  const constants = (entries) => entries.map(([name, value]) => `export const ${name} = ${value};\n`).join("");
  const own = [...codes].filter(([name]) => !numbers.has(name));
  return `${stated.text}\n// Codes.\n${constants(own)}\n// Records.\n${constants([...offsets])}`;
}

/** The fields for the bindings: the offset, plus 1 for an f64, with the name of the record as its type; of a list its first element. */
function recordFieldsText(fields) {
  const line = ({ name, record, offset, type }) => {
    if (!["u32", "i32", "usize", "f64"].includes(type)) return "";
    return `export const ${name} = ${offset + Number(type === "f64")} as Field<"${record}">;\n`;
  };
  return `import type { Field } from "./addresses.js";\n\n${fields.map(line).join("")}`;
}

/** The index of a kind: a function for each feature set that adds some of it. */
function listText(kind, { folder, register }, own) {
  const from = (path) => {
    const inside = path.startsWith(`${folder}/`);
    return inside ? `./${path.slice(folder.length + 1, -3)}` : `../${path.slice(dirname(folder).length + 1, -3)}`;
  };
  const imports = own.map(({ path, name }) => `import { ${name} } from "${from(path)}";\n`).join("");
  const calling = (set) => {
    const called = own.filter(({ path }) => setOf(kind, /(\w+)\.ts$/.exec(path)[1]) === set);
    const calls = called.map((entry) => `  ${entry.name}();\n`).join("");
    return calls && `\nexport function register${upper(set)}${register}(): void {\n${calls}}\n`;
  };
  return imports + sets.map(({ name }) => calling(name)).join("");
}

/** A function for each feature set that registers what it adds, of all kinds; `others` are not in the folder of their kind. */
function registrationsText(indices, others) {
  const names = indices.map(({ text }) => [...text.matchAll(/^export function (\w+)/gm)].map(([, name]) => name));
  const imports = indices.map(({ folder }, k) => `import { ${names[k].join(", ")} } from "${folder}/index";\n`);
  imports.push(
    ...others.map(({ path, name }) => `import { ${name} } from "./${path.slice("assembly/".length, -3)}";\n`),
  );
  const calling = (set) => {
    const own = others
      .filter(({ kind, path }) => setOf(kind, /(\w+)\.ts$/.exec(path)[1]) === set)
      .map(({ name }) => name);
    const called = [...names.flat().filter((name) => name.startsWith(`register${upper(set)}`)), ...own];
    return `\nexport function register${upper(set)}(): void {\n${called.map((name) => `  ${name}();\n`).join("")}}\n`;
  };
  return imports.join("") + sets.map(({ name }) => calling(name)).join("");
}

/** A line of bindings/values/contract.ts for everything registered but ops, and the sizes of the schedule laws. */
function describe(found, codes, numbers) {
  const laws = [];
  const described = found.registered.flatMap((entry) => {
    if (entry.kind === "op") return [];
    const strategy = found.classes.get(entry.class);
    if (!strategy) refuse(entry.node, `${entry.name} is registered with no class of its file.`);
    const { fields } = layout(strategy);
    const given = fields.filter(({ isState }) => !isState).map(({ name }) => name);
    const name = entry.name.replace(/^schedule/, "law");
    let more = "";
    if (entry.kind === "search" || entry.kind === "direction") {
      const value = bits(entry.needs, numbers);
      checkNeeds(entry, strategy, value, numbers);
      more = `, needs: ${value}`;
      const state = fields.filter(({ isState }) => isState).map(({ name }) => name);
      if (entry.kind === "direction" && state.length > 0) more += `, state: "${state.join(" ")}"`;
    }
    if (entry.kind === "schedule") {
      const { children = "0", childEach = "0" } = tagsOf(strategy);
      laws[codes.get(entry.name)] = [fields.length, fields.at(-1)?.each ?? 0, Number(children), Number(childEach)];
      if (given.length < fields.length) more = `, states: ${fields.length - given.length}`;
    }
    return `export const ${name} = { code: ${codes.get(entry.name)}, fields: "${given.join(" ")}"${more} } as const;\n`;
  });
  return { described, laws };
}

function contractText({ described, laws }, registered, numbers) {
  const names = [...numbers.keys()].filter((name) => /^[a-z]\d+Type$/.test(name));
  const types = names.map((name) => `"${name.slice(0, -4)}"`);
  const opNames = registered.filter(({ kind }) => kind === "op").map(({ name }) => lower(name.slice(2)));
  return (
    `/** Names of the element types, by code. */\nexport const typeNames = [${types.join(", ")}] as const;\n\n` +
    `/** Names of the ops; their codes count from 1. */\nexport const opList = "${opNames.join(" ")}";\n\n` +
    "/**\n * Sizes of every schedule law, by code: fields, words for each item of its list, children, and children for each item.\n" +
    ` * The last field is the length of the list.\n */\nexport const lawSizes: readonly (readonly number[])[] = ${JSON.stringify(laws)};\n\n` +
    described.join("")
  );
}

function optimizersText() {
  return readdirSync("bindings/optimizers")
    .filter((name) => name.endsWith(".ts") && !parts.includes(name))
    .sort()
    .map((name) => `export * from "./${name.replace(".ts", ".js")}";\n`)
    .join("");
}

export function writeContract() {
  const files = sources();
  const byPath = new Map(files.map((source) => [source.fileName, source]));
  const stated = byPath.get("assembly/numbers.ts");
  const numbers = numbersOf(stated);
  const found = { classes: new Map(), registered: [], lists: [] };
  for (const source of files) read(source, found);
  const codes = codesOf(found.registered, numbers);
  const { offsets, fields } = recordsOf(found, numbers);
  const described = describe(found, codes, numbers);
  const of = (path, optional = false) => ({ source: byPath.get(path), optional });
  const core = [
    of("assembly/dense.ts"),
    of("assembly/whole.ts", true),
    of("assembly/solvers.ts"),
    of("assembly/inspector.ts"),
  ];
  write("assembly/abi.ts", abiText(stated, codes, offsets, numbers));
  // An op that runs programs lies above the other ops.
  const others = found.lists.filter(({ kind, path }) => kind === "op" && !path.startsWith(`${kinds.op.folder}/`));
  const indices = Object.entries(kinds).map(([kind, shape]) => {
    const own = found.lists.filter((entry) => entry.kind === kind && !others.includes(entry));
    return { folder: shape.folder.replace("assembly", "."), text: listText(kind, shape, own) };
  });
  for (const { folder, text } of indices) write(`assembly/${folder}/index.ts`, text);
  write("assembly/registrations.ts", registrationsText(indices, others));
  write("bindings/values/contract.ts", contractText(described, found.registered, numbers));
  write("bindings/engine/exports.ts", coreInterface(core));
  write("bindings/engine/recordFields.ts", recordFieldsText(fields));
  write("bindings/optimizers/index.ts", optimizersText());
}
