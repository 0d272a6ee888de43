// Collects the pages of the site in build/tree: those of docs/ and of the repository's root, the site's own in pages/, and the
// reference. Links and pictures are rewritten to where their files lie there; a link to a file that is no page becomes plain text.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { englishOf, withTables } from "../../scripts/translations.mjs";

export const site = join(import.meta.dirname, "..");
export const repository = join(site, "..");
export const tree = join(site, "build/tree");

/** Folders and files of the repository, and where they lie in the tree. */
const sources = [
  ["docs", ""],
  ["site/pages", ""],
  ["site/reference", "reference"],
  ["README.md", "overview.md"],
  ["CHANGELOG.md", "changelog.md"],
  ["CONTRIBUTING.md", "contributing.md"],
  ["RELEASING.md", "releasing.md"],
  ["examples/README.md", "examples.md"],
];

/** Place of a file: pages as they lie, everything else in "public", where links and pictures find it under one address. */
function placeOf(name, to) {
  if (name.endsWith(".md")) return posix.join(to, name.replace(/\bREADME\.md$/, "contents.md"));
  return posix.join("public", to, name.replace(/^public\//, ""));
}

/** Place in the tree of each file, by its path in the repository. */
function places() {
  const found = new Map();
  for (const [from, to] of sources) {
    if (!existsSync(join(repository, from))) continue;
    if (/\.md$/.test(from)) found.set(from, to);
    else
      for (const entry of readdirSync(join(repository, from), { recursive: true, withFileTypes: true })) {
        const name = join(entry.parentPath, entry.name)
          .slice(join(repository, from).length + 1)
          .replaceAll("\\", "/");
        if (entry.isFile() && !name.endsWith(".json")) found.set(`${from}/${name}`, placeOf(name, to));
      }
  }
  return found;
}

/**
 * A text whose fences and code spans are left alone while `rewrite` changes the rest. Signs of private use stand for them, so that a
 * link whose words are code is seen as a whole.
 */
function outsideCode(text, rewrite) {
  const code = /^(`{3,}|~{3,})[\s\S]*?^\1[^\n]*$|(?<!`)(`+)(?!`)[\s\S]*?[^`]\2(?!`)/gm;
  const kept = [];
  const marked = text.replace(code, (part) => `\uE000${kept.push(part) - 1}\uE001`);
  return rewrite(marked).replace(/\uE000(\d+)\uE001/g, (_, k) => kept[Number(k)]);
}

/** Address of a repository's file from a page of the tree; null if it is no part of the site. */
function addressFrom(page, from, target, files) {
  const [path, fragment] = target.split("#");
  const wanted = path === "" ? from : posix.normalize(posix.join(posix.dirname(from), path)).replace(/\/$/, "");
  const place = files.get(wanted) ?? files.get(`${wanted}/README.md`);
  if (place === undefined) return null;
  if (!place.endsWith(".md")) return place.replace(/^public/, "");
  const relative = posix.relative(posix.dirname(page), place);
  return (relative.startsWith(".") ? relative : `./${relative}`) + (fragment === undefined ? "" : `#${fragment}`);
}

/** A page's text with its links and pictures rewritten. */
export function rewritten(text, from, files) {
  const page = files.get(from);
  const isForeign = (target) => /^([a-z]+:|\/|#)/i.test(target);
  return outsideCode(text, (prose) =>
    prose
      .replace(/(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g, (link, picture, words, target) => {
        if (isForeign(target)) return link;
        const address = addressFrom(page, from, target, files);
        if (address === null && picture) throw new Error(`${from}: the picture ${target} is not there.`);
        return address === null ? words : `${picture}[${words}](${address})`;
      })
      .replace(/\b(src|srcset|href)="([^"\s]+)"/g, (attribute, name, target) => {
        if (isForeign(target)) return attribute;
        const address = addressFrom(page, from, target, files);
        if (address === null) throw new Error(`${from}: ${name}="${target}" names no file of the site.`);
        return `${name}="${address}"`;
      }),
  );
}

/** Text of a page; a Chinese one has the generated tables of the English one. */
function textOf(from) {
  const text = readFileSync(join(repository, from), "utf8");
  const english = from.startsWith("docs/zh/") ? englishOf(from) : null;
  return english === null ? text : withTables(text, readFileSync(join(repository, english), "utf8"));
}

/** Writes the tree anew. */
export function collectPages() {
  rmSync(tree, { recursive: true, force: true });
  const files = places();
  for (const [from, to] of files) {
    mkdirSync(dirname(join(tree, to)), { recursive: true });
    const isReference = from.startsWith("site/reference/"); // its links are its own
    if (!to.endsWith(".md") || isReference) cpSync(join(repository, from), join(tree, to));
    else writeFileSync(join(tree, to), rewritten(textOf(from), from, files));
  }
  return [...files.values()].filter((name) => name.endsWith(".md"));
}

/** True for a file that the tree has. */
export const existsInTree = (name) => existsSync(join(tree, name));
