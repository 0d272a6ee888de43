// Bars and sidebars. Groups and their order are those of docs/README.md, the list of all pages that GitHub shows too, and of
// docs/zh/README.md for Chinese; a page that they do not name stands behind the page its folder is named after, else at the end.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { site, tree } from "./pages.mjs";

const words = {
  en: { more: "More", reference: "Reference", course: "Course", figures: "Figures", try: "Try it" },
  zh: { more: "其他", reference: "参考", course: "课程", figures: "图示", try: "试一试" },
};

/** Pages that the sidebar of the documentation does not name. */
const alone = /^(index|contents|try|(course|figures)\/.*)\.md$/;

const existsPage = (file) => existsSync(join(tree, file));
const addressOf = (file) => `/${file.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}`;

const pagesIn = (folder) =>
  existsPage(folder)
    ? readdirSync(join(tree, folder), { recursive: true })
        .filter((name) => name.endsWith(".md"))
        .map((name) => name.replaceAll("\\", "/"))
        .sort()
    : [];

/** Title of a page: from its front matter, else its first heading, else its name. */
function titleOf(file) {
  const text = readFileSync(join(tree, file), "utf8");
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? "";
  const title = /^title: *"?(.*?)"?$/m.exec(front)?.[1] ?? /^# +(.*)$/m.exec(text)?.[1];
  if (title === undefined) return posix.basename(file, ".md");
  return title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/ *\{#[^}]*\}$/, "")
    .replace(/[`*\\]/g, "");
}

const item = (file) => ({ text: titleOf(file), link: addressOf(file) });

/** Groups of a list of pages: each heading with the pages that are linked below it, once. */
function groupsOf(contents) {
  const seen = new Set();
  return readFileSync(join(tree, contents), "utf8")
    .split(/^## +/m)
    .slice(1)
    .map((section) => ({
      text: /^(.*?)(?: *\{#[^}]*\})?$/m.exec(section)[1],
      files: Array.from(section.matchAll(/\]\(([^()#\s]+\.md)(?:#[^()\s]*)?\)/g), ([, link]) =>
        posix.join(posix.dirname(contents), link),
      ).filter((file) => !seen.has(file) && seen.add(file)),
    }));
}

/** Groups of all pages of a language. */
function groupsIn(language) {
  const prefix = language === "en" ? "" : `${language}/`;
  const contents = `${prefix}contents.md`;
  const groups = existsPage(contents) ? groupsOf(contents) : [];
  const listed = new Set(groups.flatMap(({ files }) => files));
  const rest = pagesIn(prefix || ".")
    .filter((name) => !alone.test(name) && (language !== "en" || !/^(zh|reference|public)\//.test(name)))
    .map((name) => prefix + name)
    .filter((file) => !listed.has(file));
  const overview = rest.indexOf(`${prefix}overview.md`);
  if (overview >= 0 && groups.length > 0) groups[0].files.unshift(...rest.splice(overview, 1));
  const homeless = rest.filter((file) => {
    const owner = `${posix.dirname(file)}.md`;
    const group = groups.find(({ files }) => files.includes(owner));
    if (group) group.files.push(file);
    return !group;
  });
  const last = groups.at(-1);
  if (last) last.files.push(...homeless);
  else groups.push({ text: words[language].more, files: homeless });
  return groups.filter(({ files }) => files.length > 0);
}

/** A sidebar for each topic of the reference, as one for all would be drawn into each of hundreds of pages. */
const referenceSidebars = () => JSON.parse(readFileSync(join(site, "reference/sidebar.json"), "utf8"));

/** Sidebar of the lessons and figures, in the order of their lists. */
function courseSidebar(language) {
  const prefix = language === "en" ? "" : `${language}/`;
  return ["course", "figures"]
    .map((folder) => ({ folder, list: `${prefix}${folder}/index.md` }))
    .filter(({ list }) => existsPage(list))
    .map(({ folder, list }) => {
      const text = readFileSync(join(tree, list), "utf8");
      const links = Array.from(text.matchAll(/\]\((?:\.\/)?([\w-]+\.md)\)/g), ([, file]) =>
        posix.join(posix.dirname(list), file),
      );
      return { text: words[language][folder], items: [...new Set([list, ...links])].map(item) };
    });
}

/** Bar and sidebars of a language, for themeConfig. */
export function navigation(language) {
  const prefix = language === "en" ? "" : `${language}/`;
  const groups = groupsIn(language);
  const entries = [
    ...groups.slice(0, -1).map(({ text, files }) => [text, files[0]]),
    [words[language].reference, "reference/index.md"],
    [words[language].course, `${prefix}course/index.md`],
    [words[language].figures, `${prefix}figures/index.md`],
    [words[language].try, `${prefix}try.md`],
  ];
  const nav = entries
    .filter(([, file]) => existsPage(file))
    .map(([text, file]) => {
      const [folder] = file.slice(prefix.length).replace(/\.md$/, "").split("/");
      return { text, link: addressOf(file), activeMatch: `^/${prefix}${folder}(/|$)` };
    });
  const sidebar = groups.map(({ text, files }) => ({ text, items: files.map(item) }));
  const course = courseSidebar(language);
  const own = { [`/${prefix}`]: sidebar, [`/${prefix}course/`]: course, [`/${prefix}figures/`]: course };
  return { nav, sidebar: { ...own, ...(language === "en" && referenceSidebars()) } };
}
