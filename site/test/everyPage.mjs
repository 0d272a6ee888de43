// Pages load without a word in the console and without a request to elsewhere, fit 360 pixels, and axe finds nothing in them, light
// and dark. In one browser these are all English pages of docs/ and one of each kind of the others, elsewhere one of each kind.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { equal, patient, silent } from "./pages.mjs";

export const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Addresses of the pages to open: of each kind, which is a folder or a page by itself, the first. */
function chosen(folder, isEach) {
  const kinds = new Map();
  const kindOf = (page) => (isEach(page) ? page : page.replace(/[^/]*$/, ""));
  for (const page of readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .sort())
    if (page.endsWith(".html") && page !== "404.html" && !kinds.has(kindOf(page))) kinds.set(kindOf(page), page);
  return [...new Set(["index.html", "try.html", "zh/index.html", ...kinds.values()])];
}

/** Problems that axe finds, light and dark; in dark it is only the contrast that can differ. */
export async function problems(tab) {
  await tab.evaluate(axe);
  return tab.run(async () => {
    const found = [];
    const still = new CSSStyleSheet(); // colors on their way from light to dark are neither
    still.replaceSync("* { transition: none !important; }");
    document.adoptedStyleSheets.push(still);
    const { classList } = document.documentElement;
    const wasDark = classList.contains("dark");
    for (const isDark of [false, true]) {
      classList.toggle("dark", isDark);
      const { violations } = await window.axe.run(document, isDark ? { runOnly: ["color-contrast"] } : {});
      for (const { id, nodes } of violations)
        for (const { target, html } of nodes)
          found.push(`${isDark ? "dark" : "light"} ${id}: ${target.join(" ")} ${html}`);
    }
    classList.toggle("dark", wasDark);
    document.adoptedStyleSheets.pop();
    return found;
  });
}

export async function everyPage({ session, url, folder, all, test: once }) {
  const pages = chosen(folder, (page) => all && !/^(zh|reference)\//.test(page));
  const tab = await session.tab();
  const test = patient(once, tab);
  for (const page of pages)
    await test(page, async () => {
      await tab.go(url + page);
      equal(await tab.run(() => document.querySelectorAll("h1").length), 1);
      if (all) equal(await problems(tab), []);
      await tab.resize(360);
      const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
      equal(await tab.run(wide), 0);
      await tab.resize(1280);
      await silent(tab);
    });
  await tab.close();
}
