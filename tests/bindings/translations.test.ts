// The Chinese pages say what the English ones say: the same pages, programs, anchors, tables and lists. What the sentences
// mean no test can see; it sees English that was left, punctuation, and terms that docs/zh/glossary.md does not use.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import {
  block,
  chineseOf,
  chinesePages,
  englishOf,
  fence,
  marksIn,
  tableIn,
  withoutWords,
  withTables,
  words,
} from "../../scripts/translations.mjs";

const root = new URL("../../", import.meta.url).pathname;
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const englishPages = [
  "README.md",
  "CONTRIBUTING.md",
  "examples/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.startsWith("zh/"))
    .map((name) => `docs/${name}`),
];
const pages = chinesePages();
const twins = pages.flatMap((page) => {
  const english = englishOf(page);
  return english === null ? [] : [[page, english] as const];
});

/** The anchor that GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{Pc}\s-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
const headings = (page: string): string[] =>
  [
    ...page
      .replace(fence, "")
      .replace(generated, "")
      .matchAll(/^#+ .*$/gm),
  ].map(([line]) => line);
/** Levels and anchors of the headings below the title. */
const anchorsOf = (page: string): string[] =>
  headings(page).flatMap((line) => {
    const [, level = "", text = "", given] = /^(#+) (.*?)(?: \{#(.*)\})?$/.exec(line) ?? [];
    return level === "#" ? [] : [`${level} ${given ?? anchor(text)}`];
  });

const generated = /<!-- (\w+):begin -->[\s\S]*?<!-- \1:end -->/g;
/** Paragraphs, list items and table rows without code, addresses, formulas, comments and elements. */
function unitsOf(page: string): string[] {
  const prose = page
    .replace(/^---\n[\s\S]*?\n---\n/, "")
    .replace(fence, "\n")
    .replace(/^<!-- table: \w+ -->\n.*$/gm, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/\$\$[\s\S]*?\$\$|\$[^$\n]+\$/g, "x")
    .replace(/`+[^`]+`+/g, "`x`")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/ \{#.*\}$/gm, "")
    .replace(/<\/?\w[^>]*>/g, "");
  return prose
    .split(/\n{2,}|\n(?= *(?:[-*|]|\d+\.) ?)/)
    .map((unit) => unit.trim())
    .filter((unit) => unit !== "" && !/^\|[-| :]*\|$/.test(unit));
}
const english = /[A-Za-z][A-Za-z'’-]+(?: [A-Za-z][A-Za-z'’-]*){3,}/;
const chinese = /\p{Script=Han}/u;

/** Numbers of paragraphs, list items and table rows in each section; generated tables do not count. */
const shapesOf = (page: string) =>
  page
    .replace(block, "\n")
    .replace(generated, "")
    .replace(/^<!-- table: .*\n.*$|<!--.*-->/gm, "")
    .split(/^#+ .*$/m)
    .slice(1)
    .map((section) => ({
      paragraphs: section.split(/\n\s*\n/).filter((text) => !/^\s*(?:[-*|<]|\d+\. |$)/.test(text)).length,
      "list items": section.match(/^ *(?:[-*]|\d+\.) /gm)?.length ?? 0,
      "table rows": section.match(/^\|/gm)?.length ?? 0,
    }));

describe("pages", () => {
  it("each English page has a Chinese one, and each Chinese page an English one", () => {
    expect(englishPages.filter((page) => !existsSync(join(root, chineseOf(page))))).toEqual([]);
    expect(twins.filter(([, page]) => !existsSync(join(root, page)))).toEqual([]);
  });

  it.each(twins)("%s has the programs and formulas of %s", (page, twin) => {
    const blocks = (file: string): string[] => [...read(file).matchAll(block)].map(([whole]) => withoutWords(whole));
    expect(blocks(page), "node scripts/translations.mjs copies them").toEqual(blocks(twin));
    // Formulas within lines may stand in another order.
    const inline = (file: string): string[] => {
      const prose = read(file)
        .replace(block, "")
        .replace(/`[^`\n]*`/g, "");
      return [...prose.matchAll(/\$[^$\n]+\$/g)].map(([formula]) => formula.replace(/\\text\{[^}]*\}/g, "")).sort();
    };
    expect(inline(page)).toEqual(inline(twin));
  });

  it.each(twins)("%s has the anchors of %s", (page, twin) => {
    expect(anchorsOf(read(page))).toEqual(anchorsOf(read(twin)));
    expect(headings(read(page)).filter((line) => chinese.test(line) && !/^# |\{#/.test(line))).toEqual([]);
  });

  it.each(twins)("%s has the generated tables of %s", (page, twin) => {
    const names = marksIn(read(page));
    expect(names).toEqual([...read(twin).matchAll(generated)].map(([, name]) => name));
    const filled = withTables(read(page), read(twin));
    expect(filled).not.toContain("<!-- table");
    for (const name of names) {
      const table = tableIn(read(twin), name);
      expect(table).not.toMatch(/\]\((?!https?:)/);
      const cells = table.split(/ \| |^\| | \|$/m).map((cell) => cell.trim().replaceAll("**", ""));
      // Words for a cell that is no longer there would be forgotten.
      for (const [cell, word] of Object.entries(words[name] ?? {})) {
        expect(cells).toContain(cell);
        expect(filled).toContain(word);
      }
      const numbers = cells.filter((cell) => /^[\d.]+x?$/.test(cell));
      expect(numbers.filter((number) => !filled.includes(`| ${number} |`))).toEqual([]);
    }
  });

  it.each(twins)("%s has the paragraphs, lists and rows of %s", (page, twin) => {
    const shapes = shapesOf(read(page));
    for (const [k, shape] of shapesOf(read(twin)).entries())
      for (const [kind, count] of Object.entries(shape))
        expect(
          shapes[k]?.[kind as keyof typeof shape],
          `${kind} below ${headings(read(page))[k]}`,
        ).toBeGreaterThanOrEqual(count);
  });
});

const typesetter = join(root, "site/node_modules/katex/dist/katex.mjs");
it.runIf(existsSync(typesetter)).each(pages)("%s: every formula can be typeset", async (page) => {
  const { default: katex } = await import(/* @vite-ignore */ typesetter);
  const prose = read(page)
    .replace(fence, "")
    .replace(/`[^`\n]*`/g, "");
  for (const [, display, inline] of prose.matchAll(/\$\$([\s\S]+?)\$\$|\$([^$\n]+)\$/g)) {
    const formula = display ?? inline ?? "";
    expect(formula).not.toMatch(/\\[^a-zA-Z\s]|\{\{|[<>]/); // GitHub and Vue would change these
    expect(katex.renderToString(formula, { throwOnError: true, strict: "error" }), formula).toContain("katex");
  }
});

describe("links", () => {
  it.each(pages)("%s links to what exists, in Chinese where it exists in Chinese", (page) => {
    const text = read(page).replace(fence, "");
    const targets = [
      ...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g),
      ...text.matchAll(/\b(?:src|srcset|href)="(?!https?:)([^"#\s]+)(?:#([^"\s]*))?"/g),
    ];
    const withoutTables = text.replace(/^<!-- table: \w+ -->\n.*$/gm, "");
    for (const [link, file = "", heading] of targets) {
      const target = file === "" ? page : normalize(join(dirname(page), file));
      expect(existsSync(join(root, target)), `${link}: no such file`).toBe(true);
      if (heading !== undefined)
        expect(
          anchorsOf(read(target)).map((line) => line.replace(/^#+ /, "")),
          link,
        ).toContain(heading);
      if (englishPages.includes(target) && withoutTables.includes(link))
        expect(existsSync(join(root, chineseOf(target))), `${link}: link to ${chineseOf(target)}`).toBe(false);
    }
  });
});

/** Measures in the text of a page, such as 82 kB. */
const measuresOf = (page: string): string[] =>
  [
    ...page
      .replace(fence, "")
      .replace(generated, "")
      .matchAll(/(\d[\d.,]*)\s?(kB|KB|KiB|MB|MiB|GB|GiB|ms|µs|GHz|%)(?!\w)/g),
  ]
    .map(([, number, unit]) => `${number} ${unit}`)
    .sort();

it.each(twins)("%s has the measures of %s", (page, twin) => {
  expect(measuresOf(read(page))).toEqual(measuresOf(read(twin)));
});

describe("sentences", () => {
  it.each(pages)("%s has no English left", (page) => {
    const names = (unit: string): string => unit.replaceAll("**", "").replace(/\*[^*]+\*/g, "");
    const left = page === "docs/zh/glossary.md" ? [] : unitsOf(read(page)).filter((unit) => english.test(names(unit)));
    expect(left).toEqual([]);
    expect(
      unitsOf(read(page)).filter((unit) => !chinese.test(unit) && (unit.match(/[A-Za-z]{3,}/g)?.length ?? 0) > 6),
    ).toEqual([]);
  });

  it.each(pages)("%s has full-width punctuation, and spaces between Chinese and Latin letters", (page) => {
    const text = unitsOf(read(page)).join("\n");
    const wrong = [
      ...text.matchAll(/.{0,12}\p{Script=Han}[,;:?!()].{0,12}/gu),
      ...text.matchAll(/.{0,12}(?:\p{Script=Han}[A-Za-z0-9`]|[A-Za-z0-9`]\p{Script=Han}).{0,12}/gu),
    ];
    expect(wrong.map(([where]) => where)).toEqual([]);
  });

  // CommonMark: ** does not close between punctuation and a letter, and does not open between a letter and punctuation.
  it.each(pages)("%s has emphasis that opens and closes", (page) => {
    const wrong = unitsOf(read(page)).filter((unit) => {
      const parts = unit.replace(/`[^`]*`/g, "x").split("**");
      const opens = (k: number): boolean =>
        !(/[\p{L}\p{N}]$/u.test(parts[k - 1] ?? "") && /^[\p{P}\s]/u.test(parts[k] ?? ""));
      const closes = (k: number): boolean =>
        !(/[\p{P}\s]$/u.test(parts[k] ?? "") && /^[\p{L}\p{N}]/u.test(parts[k + 1] ?? ""));
      return parts.length % 2 === 0 || parts.some((_, k) => k % 2 === 1 && !(opens(k) && closes(k)));
    });
    expect(wrong).toEqual([]);
  });

  /** Translations in use elsewhere, and the one of the glossary. */
  const others: [string, string][] = [
    ["学习速率", "学习率"],
    ["批归一化", "批量归一化"],
    ["批标准化", "批量归一化"],
    ["提前停止", "早停"],
    ["权值", "权重"],
    ["损失平面", "损失曲面"],
    ["海森", "黑塞"],
    ["海塞", "黑塞"],
    ["雅克比", "雅可比"],
    ["梯度检查", "梯度检验"],
    ["数据增广", "数据增强"],
    ["正确率", "准确率"],
    ["线性搜索", "线搜索"],
  ];
  it.each(pages)("%s keeps to the glossary", (page) => {
    for (const [other, term] of others) expect(read(page).includes(other), `write ${term}`).toBe(false);
    for (const [, term] of others) expect(read("docs/zh/glossary.md")).toContain(term);
  });
});
