// Pages load without a word in the console and without a request to elsewhere, fit 360 pixels, and axe finds nothing in them, light
// and dark. In one browser all pages of docs/ and one of each topic of the reference, in the others one of each kind.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { equal, silent } from "./pages.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Addresses of the pages to open. */
function chosen(folder, all) {
  const pages = readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".html") && name !== "404.html")
    .sort();
  const kinds = new Map();
  for (const page of pages) {
    const kind = page.startsWith("reference/")
      ? page.replace(/[^/]*$/, "")
      : all
        ? page
        : page.replace(/[^/]*$/, "").replace(/^zh\/.*/, "zh/");
    if (!kinds.has(kind)) kinds.set(kind, page);
  }
  return [...new Set(["index.html", "try.html", ...kinds.values()])];
}

/** Problems that axe finds. */
async function problems(tab) {
  await tab.evaluate(axe);
  return tab.run(async () => {
    const { violations } = await window.axe.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(" ")} ${html}`));
  });
}

export async function everyPage({ session, url, folder, all, test }) {
  const pages = chosen(folder, all);
  for (const [name, options] of [
    ["light", { width: 1280 }],
    ["dark, 360 pixels wide", { width: 360, dark: true }],
  ]) {
    const tab = await session.tab(options);
    for (const page of pages)
      await test(`${page}, ${name}`, async () => {
        await tab.go(url + page);
        const { wide, isDark, titles } = await tab.run(() => ({
          wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          isDark: document.documentElement.classList.contains("dark"),
          titles: document.querySelectorAll("h1").length,
        }));
        equal({ wide, isDark, titles }, { wide: 0, isDark: options.dark === true, titles: 1 });
        await silent(tab);
        if (all) equal(await problems(tab), []);
      });
    await tab.close();
  }
}
