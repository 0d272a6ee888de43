// Checks comments for words and openings that the project does not use: see "Words" in CONTRIBUTING.md. Spelling is left to
// cspell. Planted comments prove that each pattern is found.

import { readdirSync, readFileSync } from "node:fs";
import typescript from "typescript";

const folders = [
  "assembly",
  "bindings",
  "conformance",
  "examples",
  "scripts",
  "site/elements",
  "site/scripts",
  "site/test",
];

/** Pattern, advice, and a comment in which it must be found; `^` is the beginning of a docstring. */
const words = [
  [/\banswer(s|ed|ing)?\b/i, "Write returns, or result.", "// f answers a scalar"],
  [/\b(asks?|asked|tells?|told)\b/i, "Say what is called, given or required.", "// what it is told"],
  [/\b(refuse[sd]?|refusing|refusal)\b/i, "Write throws, rejects or checks.", "/* Refuses a negative number. */"],
  [/\beditions?\b/i, "Write feature set.", "// the smaller edition"],
  [/\bbreathes?\b/i, "Write yields to the host.", "// lets the host breathe"],
  [/\bone's own\b/i, "Write your own, or a user's.", "// a layer of one's own"],
  [/^(What|Whether|Where|How|Who|Whose|Which|Of)\b/, "Begin with a noun or a verb.", "/** Whether it is open. */"],
];

/** Comments of a file, each with its position. */
function commentsOf(file, text) {
  const source = typescript.createSourceFile(file, text, typescript.ScriptTarget.Latest, true);
  const found = new Map();
  const visit = (node) => {
    if (node.kind === typescript.SyntaxKind.JSDoc) return;
    const ranges = [
      ...(typescript.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(typescript.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    // The ranges around a token of a template would be parts of its text.
    if (!typescript.isTemplateMiddleOrTemplateTail(node) && !typescript.isTemplateHead(node))
      for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end));
    for (const child of node.getChildren(source)) visit(child);
  };
  visit(source);
  return [...found].map(([pos, comment]) => ({ line: source.getLineAndCharacterOfPosition(pos).line + 1, comment }));
}

/** Problems of a file. Titles in *italics* and programs behind @example are not prose of the project. */
function problemsOf(file, text) {
  return commentsOf(file, text).flatMap(({ line, comment }) => {
    const prose = comment
      .replace(/^\/\*\*\s*|\s*\*\/$/g, "")
      .replace(/^\s*\* ?/gm, "")
      .replace(/@example[\s\S]*?(?=\n@|$)|\*[^*]+\*|`[^`]*`|"[^"\n]*"/g, "");
    return words.flatMap(([pattern, advice]) => {
      const match = pattern.exec(prose);
      return match ? [`${file}:${line}: "${match[0]}" in a comment. ${advice}`] : [];
    });
  });
}

const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((file) => /\.m?[jt]s$/.test(file) && !file.includes("/node_modules/")),
);
const problems = files.flatMap((file) => problemsOf(file, readFileSync(file, "utf8")));
for (const [pattern, , planted] of words)
  if (problemsOf("planted.ts", `const a = \`\${b}\`; ${planted}\n;`).length !== 1)
    problems.push(`${pattern} is not found in a planted comment: the check does not work.`);
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} comments to rewrite`);
process.exitCode = problems.length === 0 ? 0 : 1;
