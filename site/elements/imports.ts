// Bare imports of a program become addresses. The places come from the editor's own syntax tree, so that words in strings and
// comments stay as they are.

import type { Text } from "@codemirror/state";
import type { Tree } from "@lezer/common";

declare const __modules__: Record<string, string>;

/** Address of a file of the library that the site serves. */
export const libraryFile = (name: string): string =>
  new URL(`${import.meta.env.BASE_URL}lib/${name}`, location.href).href;

/** Names of the modules that a program can import. */
export const moduleNames = Object.keys(__modules__);

export interface Problem {
  line: number;
  text: string;
}

/** Names of modules in a program, each with its place between the quotation marks. */
function specifiers(tree: Tree, text: Text): { from: number; to: number; name: string }[] {
  const found: { from: number; to: number; name: string }[] = [];
  tree.iterate({
    enter(node) {
      if (node.name !== "String") return;
      const parent = node.node.parent;
      const isImport =
        parent?.name === "ImportDeclaration" ||
        parent?.name === "ExportDeclaration" ||
        (parent?.name === "DynamicImport" && node.node.prevSibling?.name !== "String") ||
        (parent?.name === "ArgList" && text.sliceString(parent.parent!.from, parent.from).trim() === "import");
      if (!isImport) return;
      const [from, to] = [node.from + 1, node.to - 1];
      found.push({ from, to, name: text.sliceString(from, to) });
    },
  });
  return found;
}

/** The program with addresses in place of names, lines unchanged; or the first import of something that is not here. */
export function withAddresses(
  text: Text,
  tree: Tree,
  unknown: (name: string, known: string) => string,
): { program: string } | { problem: Problem } {
  let program = "";
  let last = 0;
  for (const { from, to, name } of specifiers(tree, text)) {
    const file = __modules__[name];
    if (!file && /^(https?:|\.{0,2}\/)/.test(name)) continue;
    if (!file)
      return { problem: { line: text.lineAt(from).number, text: unknown(name, moduleNames.slice(0, 3).join(", ")) } };
    program += text.sliceString(last, from) + libraryFile(file);
    last = to;
  }
  return { program: program + text.sliceString(last) };
}

/** Line of the first place that is not JavaScript; null if there is none. */
export function firstFault(text: Text, tree: Tree): number | null {
  let line: number | null = null;
  tree.iterate({
    enter(node) {
      if (line === null && node.type.isError) line = text.lineAt(node.from).number;
      return line === null;
    },
  });
  return line;
}
