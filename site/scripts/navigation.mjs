// Bars and sidebars, made from the pages that are there: a new page appears by itself, and this file only gives an order.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { tree } from "./pages.mjs";

/** Groups of the sidebar, each with folders and pages in their order; a page belongs to the first group that names it. */
const groups = [
  { en: "Start", zh: "入门", members: ["overview", "start"] },
  {
    en: "Guides",
    zh: "指南",
    members: ["guide", "tables", "images", "web-page", "edge", "hosts", "course", "debugging"],
  },
  { en: "Methods", zh: "方法", members: ["methods"] },
  {
    en: "Coming from elsewhere",
    zh: "从其他库迁移",
    members: ["from-pytorch", "from-tensorflowjs", "from-optax", "from-scipy"],
  },
  { en: "Look up", zh: "查阅", members: ["errors", "gallery", "examples", "bench", "sizes", "changelog"] },
  {
    en: "Working on Thalweg",
    zh: "参与开发",
    members: ["contributing", "architecture", "adding", "explain", "mutation", "releasing"],
  },
];
const more = { en: "More", zh: "更多" };

/** Entries of the bar at the top: the first page that exists of each. */
const bar = [
  { en: "Start", zh: "入门", pages: ["start/index", "start/install", "overview"] },
  { en: "Guide", zh: "指南", pages: ["guide/index", "guide/training", "guide"] },
  { en: "Methods", zh: "方法", pages: ["methods/index", "methods"] },
  { en: "Reference", zh: "参考", pages: ["reference/index"], english: true },
  { en: "Figures", zh: "图示", pages: ["figures/index"] },
  { en: "Try it", zh: "试一试", pages: ["try"] },
];

/** Titles and orders of pages: from the front matter, else the first heading. */
function describe(file) {
  const text = readFileSync(join(tree, file), "utf8");
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text)?.[1] ?? "";
  const field = (name) => new RegExp(`^${name}: *"?(.*?)"?$`, "m").exec(front)?.[1];
  const heading = /^# +(.*)$/m.exec(text.slice(front.length))?.[1] ?? posix.basename(file, ".md");
  const title = field("title") ?? heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*\\]/g, "");
  return { file, title, order: Number(field("order") ?? Number.POSITIVE_INFINITY) };
}

const pagesIn = (folder) =>
  existsSync(join(tree, folder))
    ? readdirSync(join(tree, folder), { recursive: true })
        .filter((name) => name.endsWith(".md"))
        .map((name) => name.replaceAll("\\", "/"))
        .sort()
    : [];

const addressOf = (file) => `/${file.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, "")}`;
const isIndex = (file) => /(^|\/)index\.md$/.test(file);
/** Pages in the order of a sidebar: a folder's own page, then by the order they ask for, then by title. */
const inOrder = (pages) =>
  pages.sort(
    (a, b) =>
      Number(isIndex(b.file)) - Number(isIndex(a.file)) || a.order - b.order || a.title.localeCompare(b.title, "en"),
  );
const item = ({ file, title }) => ({ text: title, link: addressOf(file) });

/** The sidebar of the pages of one language. */
function sidebarOf(language) {
  const prefix = language === "en" ? "" : `${language}/`;
  const names = pagesIn(prefix || ".").filter((name) => language !== "en" || !/^(zh|reference|public)\//.test(name));
  const rest = new Set(names.filter((name) => !/^(index|try|figures\/.*)\.md$/.test(name)));
  const made = groups.map(({ members, ...titles }) => {
    const items = members.flatMap((member) => {
      const own = [...rest].filter((name) => name === `${member}.md` || name.startsWith(`${member}/`));
      for (const name of own) rest.delete(name);
      return inOrder(own.map((name) => describe(prefix + name))).map(item);
    });
    return { text: titles[language], items, collapsed: false };
  });
  made.push({ text: more[language], items: inOrder([...rest].map((name) => describe(prefix + name))).map(item) });
  return made.filter(({ items }) => items.length > 0);
}

/** A sidebar for each topic of the reference, as one for all would be drawn into each of hundreds of pages. */
function referenceSidebars() {
  const topics = new Map();
  for (const name of pagesIn("reference")) {
    const topic = name.includes("/") ? name.split("/")[0] : "";
    topics.set(topic, [...(topics.get(topic) ?? []), describe(`reference/${name}`)]);
  }
  const overview = [...topics.keys()]
    .filter((topic) => topic !== "")
    .map((topic) => {
      const pages = inOrder([...topics.get(topic)]);
      return { text: topic, link: addressOf(pages[0].file) };
    });
  const made = { "/reference/": [{ text: "Reference", link: "/reference/", items: overview }] };
  for (const [topic, pages] of topics) {
    if (topic === "") continue;
    const isType = ({ file }) => file.includes("/types/");
    const functions = inOrder(pages.filter((page) => !isType(page))).map(item);
    const types = inOrder(pages.filter(isType)).map(item);
    made[`/reference/${topic}/`] = [
      { text: topic, items: functions },
      ...(types.length > 0 ? [{ text: "Types", items: types, collapsed: true }] : []),
      { text: "All topics", items: overview, collapsed: true },
    ];
  }
  return made;
}

/** Bar and sidebars of a language, for themeConfig. */
export function navigation(language) {
  const prefix = language === "en" ? "" : `${language}/`;
  const nav = bar.flatMap(({ pages, english, ...titles }) => {
    const found = pages
      .map((page) => `${english ? "" : prefix}${page}.md`)
      .find((file) => existsSync(join(tree, file)));
    return found ? [{ text: titles[language], link: addressOf(found) }] : [];
  });
  const sidebar = { [`/${prefix}`]: sidebarOf(language), ...(language === "en" && referenceSidebars()) };
  return { nav, sidebar };
}
