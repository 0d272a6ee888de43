// Checks that bindings/ shifts addresses only in bindings/engine/addresses.ts, and that the check finds planted shifts. `>>` is
// always rejected, because it makes addresses above 2 GiB negative; `>>>` is rejected with the shifts of words and doubles.

import { readdirSync, readFileSync } from "node:fs";
import typescript from "typescript";

const { SyntaxKind } = typescript;
const signed = [SyntaxKind.GreaterThanGreaterThanToken, SyntaxKind.GreaterThanGreaterThanEqualsToken];
const unsigned = [
  SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken,
];

function shifts(file, text) {
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true);
  const found = [];
  const visit = (node) => {
    const operator = node.operatorToken?.kind;
    if (signed.includes(operator) || (unsigned.includes(operator) && /^[23]$/.test(node.right.getText())))
      found.push(
        `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.getText()}. ` +
          "Use wordAt or doubleAt of bindings/engine/addresses.ts for an address, Math.floor(n / 2) for a half.",
      );
    typescript.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Files that may shift: addresses, and bits of a compressed file. */
const exempt = ["bindings/engine/addresses.ts", "bindings/hosts/inflate.ts"];
const files = readdirSync("bindings", { recursive: true })
  .map((name) => `bindings/${name.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".ts") && !exempt.includes(file));
const problems = files.flatMap((file) => shifts(file, readFileSync(file, "utf8")));
if (shifts("planted.ts", "a[(b + 4) >> 2]; a >>= k; f(b >>> 3); b >>>= 2; c >>> 0; f<G<H<number>>>(c);").length !== 4)
  problems.push("of the shifts planted in a line not all were found, or more: the check does not bite");
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} shifts of addresses by hand`);
process.exitCode = problems.length === 0 ? 0 : 1;
