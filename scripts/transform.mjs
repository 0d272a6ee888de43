// Transform of asc, for what its flags cannot do. Every build uses the powers and exponentials of the standard library without
// tables, which saves 6 KB and must be the same in all builds, as the bits of weights depend on it. Feature sets for pages are
// optimized for size, which leaves calls everywhere; there each small function that runs in every step is inlined, which makes the
// steps of small networks 1.3x faster for 0.3 KB. (The sources have no decorators, so that they parse as plain TypeScript.) In
// such builds ASC_SHRINK_LEVEL is 2; the library distinguishes only 0 from other levels. Their last passes, in asconfig.json, make
// them 6 % smaller when compressed: locals are renumbered, so that functions that differ in a type look alike, and such functions
// are placed next to each other.

import { Node } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const isVector = (type) => type?.name?.identifier?.text === "v128";

/** True if a function has one statement, or vectors as arguments or result, and neither a loop nor a recursive call. */
function isSmall({ name, signature, body }) {
  const text = body.range.toString();
  if (/\b(for|while|do)\b/.test(text) || new RegExp(`\\b${name.text}[<(]`).test(text)) return false;
  const { parameters, returnType } = signature;
  return /^{[^;{}]*;\s*}$/.test(text) || isVector(returnType) || parameters.some(({ type }) => isVector(type));
}

/** Files whose code runs only while a function is traced and planned. */
const traces = /^assembly.(graph.(?!call)|autodiff|program.(?!run))/;

function inlineSmall(node) {
  for (const member of node.members ?? []) inlineSmall(member);
  if (!node.signature || !node.body || !isSmall(node)) return;
  const { range } = node.name;
  node.decorators = [Node.createDecorator(Node.createIdentifierExpression("inline", range), null, range)];
}

export default class extends Transform {
  afterParse(parser) {
    if (this.program.options.shrinkLevelHint === 0) return;
    for (const { isLibrary, normalizedPath, statements } of parser.sources)
      if (!isLibrary && !traces.test(normalizedPath)) for (const node of statements) inlineSmall(node);
  }

  afterInitialize(program) {
    const level = program.options.shrinkLevelHint === 0 ? 1 : 2;
    program.elementsByName.get("ASC_SHRINK_LEVEL").constantIntegerValue = globalThis.i64_new(level); // asc's 64 bits
  }
}
