// The Chinese pages, docs/zh/, have the file names, programs, formulas and anchors of the English ones. Three belong to pages
// outside of docs/ (`elsewhere`), and docs/zh/glossary.md to none. tests/bindings/translations.test.ts compares them.
//
// Usage: node scripts/translations.mjs. Copies the fences and the formulas in lines of their own from every English page into
// its Chinese page, in their order, so that a changed program is changed in both. In a new page empty ones ("$$ $$") stand for
// those to be copied. A formula with words, \text{…}, is translated by hand.
//
// Generated tables are not translated. A Chinese page has the line <!-- table: NAME --> where the English page has the block
// from <!-- NAME:begin --> to <!-- NAME:end -->; the line after the mark is a link to that table for readers of the file.
// The site's copier calls withTables(chinese, english), which puts the English block in place of both lines, with the words of
// scripts/translations.words.json for its headings and labels. English is the text of the page at englishOf(path). These
// tables contain no links, so they need no rewriting.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
/** Fences, and formulas in lines of their own. */
export const block = /^```\w*\n[\s\S]*?^```$|^\$\$.*\$\$$/gm;
export const fence = /^```\w*\n[\s\S]*?^```$/gm;

/** Returns the paths of all Chinese pages, from the root. */
export const chinesePages = () =>
  readdirSync(join(root, "docs/zh"), { recursive: true })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/zh/${name.replaceAll("\\", "/")}`);

/** Pages whose English file is not in docs/. */
const elsewhere = new Map([
  ["docs/zh/overview.md", "README.md"],
  ["docs/zh/contributing.md", "CONTRIBUTING.md"],
  ["docs/zh/examples.md", "examples/README.md"],
]);

/** Returns the path of the English page of a Chinese one, or null for the glossary. */
export function englishOf(path) {
  if (path === "docs/zh/glossary.md") return null;
  return elsewhere.get(path) ?? path.replace("docs/zh/", "docs/");
}

/** Returns the path of the Chinese page of an English one. */
export function chineseOf(path) {
  for (const [chinese, english] of elsewhere) if (english === path) return chinese;
  return path.replace("docs/", "docs/zh/");
}

const mark = /^<!-- table: (\w+) -->\n.*$/gm;

/** Returns the names of the marked tables of a Chinese page. */
export const marksIn = (chinese) => [...chinese.matchAll(mark)].map(([, name]) => name);

/** Chinese words by table and cell, for headings and labels. */
export const words = JSON.parse(readFileSync(join(root, "scripts/translations.words.json"), "utf8"));

/** Returns the generated table of an English page. Throws if there is none. */
export function tableIn(english, name) {
  const text = new RegExp(`<!-- ${name}:begin -->\\n([\\s\\S]*?)\\n<!-- ${name}:end -->`).exec(english)?.[1];
  if (text === undefined) throw new Error(`No table between <!-- ${name}:begin --> and <!-- ${name}:end -->.`);
  return text;
}

const cell = /(?<=^\|.*)(?<=\| (?:\*\*)?)[^|*]+(?=(?:\*\*)? \|)/gm;

/** Returns a Chinese page with the tables of the English one in place of its marks. */
export const withTables = (chinese, english) =>
  chinese.replace(mark, (_, name) => tableIn(english, name).replace(cell, (text) => words[name]?.[text] ?? text));

/** A block without its words: those in the \text{…} of a formula. */
export const withoutWords = (block) => (block.startsWith("$$") ? block.replace(/\\text\{[^}]*\}/g, "") : block);

/**
 * Returns a Chinese page with the fences and formulas of the English one. A formula that differs in its words alone stays.
 * Throws if their numbers differ.
 */
export function withBlocks(chinese, english) {
  const blocks = [...english.matchAll(block)].map(([whole]) => whole);
  const count = [...chinese.matchAll(block)].length;
  if (count !== blocks.length)
    throw new Error(`${count} fences and formulas, but the English page has ${blocks.length}.`);
  return chinese.replace(block, (present) => {
    const wanted = blocks.shift();
    return withoutWords(present) === withoutWords(wanted) ? present : wanted;
  });
}

if (process.argv[1] === import.meta.filename)
  for (const path of chinesePages()) {
    const english = englishOf(path);
    if (english === null) continue;
    try {
      const page = readFileSync(join(root, path), "utf8");
      const filled = withBlocks(page, readFileSync(join(root, english), "utf8"));
      if (filled !== page) writeFileSync(join(root, path), filled);
    } catch (error) {
      console.error(`${path}: ${error.message}`);
      process.exitCode = 1;
    }
  }
