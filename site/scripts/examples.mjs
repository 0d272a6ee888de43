// Examples of docstrings as whole programs: with the imports they need, with the engine, trainer and data that the tests of the
// docstrings give them, and with console.log around what a comment gives the value of. So they run in the page as they are.

import ts from "typescript";

/** Objects that an example may use without making them, in the order in which they are made. */
const given = {
  engine: "const engine = await createEngine();",
  data: "const data = { inputs: [[0], [1]], targets: [[0], [1]] };",
  trainer: `const trainer = createTrainer(engine, {
  model: sequential([linear(1, 1)]),
  loss: meanSquaredError(),
  optimizer: sgd({ learningRate: 0.1 }),
});`,
};

/** Names that a program uses and does not declare. */
function freeNames(program) {
  const source = ts.createSourceFile("example.ts", program, ts.ScriptTarget.ES2022, true);
  const used = new Set();
  const own = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isKey = parent.name === node && !ts.isShorthandPropertyAssignment(parent) && !ts.isBindingElement(parent);
      if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isFunctionDeclaration(parent)) {
        if (parent.name === node) own.add(node.text);
        else used.add(node.text);
      } else if (ts.isBindingElement(parent)) own.add(node.text);
      else if (!isKey) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return new Set([...used].filter((name) => !own.has(name)));
}

/** The example as a program; `entries` has the entry of the package for each name that it exports. */
export function programOf(example, entries) {
  const withoutImports = example.replace(/^import .* from "thalweg[^"]*";\n/gm, "");
  const body = withoutImports.replace(
    /^(?!\s|const |let |for |if |async |\/\/)(.*); \/\/ (.*)$/gm,
    "console.log($1); // $2",
  );
  let names = freeNames(body);
  const before = [];
  for (const [name, line] of Object.entries(given).reverse())
    if (names.has(name)) {
      before.unshift(line);
      names = new Set([...names, ...freeNames(line)]);
    }
  const imports = new Map();
  for (const name of [...names].sort())
    if (entries.has(name)) imports.set(entries.get(name), [...(imports.get(entries.get(name)) ?? []), name]);
  const lines = [...imports].sort().map(([entry, list]) => importOf(list, entry));
  return [...lines, "", ...before, body].join("\n").trim();
}

function importOf(names, entry) {
  const short = `import { ${names.join(", ")} } from "${entry}";`;
  return short.length <= 100 ? short : `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "${entry}";`;
}

/** Replaces the examples of all comments by programs. */
export function completeExamples(project) {
  const entries = new Map();
  for (const module of project.children)
    for (const { name } of module.children ?? []) if (!entries.has(name)) entries.set(name, module.name);
  for (const { comment } of Object.values(project.reflections))
    for (const { content } of comment?.getTags("@example") ?? [])
      for (const part of content)
        if (part.kind === "code" && part.text.startsWith("```"))
          part.text = part.text.replace(
            /^```\w*\n([\s\S]*?)\n?```/,
            (_, example) => `\`\`\`ts\n${programOf(example, entries)}\n\`\`\``,
          );
}
