// What the compiler is told beyond its flags, as a transform of asc. Every build takes the powers and exponentials of
// the standard library without tables, which spares 6 KB and must be the same everywhere, as the bits of weights depend
// on it. The build for browsers is optimized for size, which leaves calls in the loops over vectors; so there each
// function that takes or gives vectors is inlined, unless it is a loop itself or calls itself. (The sources carry no
// decorators: they parse as plain TypeScript.)

import { Node } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const isVector = (type) => type?.name?.identifier?.text === "v128";

function inlineLanes(node) {
  for (const member of node.members ?? []) inlineLanes(member);
  if (!node.signature || !node.body) return;
  const { parameters, returnType } = node.signature;
  if (!isVector(returnType) && !parameters.some(({ type }) => isVector(type))) return;
  const body = node.body.range.toString();
  if (/\b(for|while|do)\b/.test(body) || body.includes(`${node.name.text}<`)) return;
  const { range } = node.name;
  node.decorators = [Node.createDecorator(Node.createIdentifierExpression("inline", range), null, range)];
}

export default class extends Transform {
  afterParse(parser) {
    if (this.program.options.shrinkLevelHint === 0) return;
    for (const source of parser.sources) if (!source.isLibrary) for (const node of source.statements) inlineLanes(node);
  }

  afterInitialize(program) {
    program.elementsByName.get("ASC_SHRINK_LEVEL").constantIntegerValue = globalThis.i64_one; // asc's own 64-bit 1
  }
}
