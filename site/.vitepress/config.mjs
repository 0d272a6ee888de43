// The site's build: two languages, formulas and samples in its pages, local search, and no script inside a page.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { katex } from "@mdit/plugin-katex";
import { defineConfig } from "vitepress";
import { modules } from "../scripts/library.mjs";
import { navigation } from "../scripts/navigation.mjs";
import { existsInTree, repository, site } from "../scripts/pages.mjs";
import { placeholder } from "../scripts/rebase.mjs";
import { samples } from "../scripts/samples.mjs";
import { searchable } from "../scripts/words.mjs";

/** Anchors as in GitHub's pages, where the same files are read. */
const slugify = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\s-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

/** The same page in the other language, if there is one. */
function translation(page) {
  const other = page.startsWith("zh/") ? page.slice(3) : `zh/${page}`;
  return existsInTree(other) ? other : null;
}

/** Cells of a table's head without a word are no headings. */
function emptyHeadings(md) {
  md.core.ruler.push("empty headings", ({ tokens }) => {
    for (const [index, token] of tokens.entries())
      if (token.type === "th_open" && tokens[index + 1].content === "") token.tag = tokens[index + 2].tag = "td";
  });
}

/** Two braces are two braces: the pages are written for GitHub too, and hold no expressions of Vue. */
function plainBraces({ renderer }) {
  const { render } = renderer;
  renderer.render = (...given) => render.apply(renderer, given).replaceAll("{{", "&#123;&#123;");
}

/** Scripts that VitePress writes into each page; as files, so that the policy needs no hash of them. */
const inlineScripts = new Map();

const chinese = {
  outline: { label: "本页内容" },
  docFooter: { prev: "上一页", next: "下一页" },
  sidebarMenuLabel: "目录",
  returnToTopLabel: "回到顶部",
  darkModeSwitchLabel: "外观",
  darkModeSwitchTitle: "切换到深色",
  lightModeSwitchTitle: "切换到浅色",
  langMenuLabel: "切换语言",
  skipToContentLabel: "跳到正文",
  notFound: { title: "页面不存在", quote: "这里没有页面。", linkText: "回到首页", linkLabel: "回到首页" },
};
const chineseSearch = {
  button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
  modal: {
    displayDetails: "显示详情",
    resetButtonTitle: "清除",
    backButtonTitle: "关闭搜索",
    noResultsText: "没有结果：",
    footer: {
      selectText: "打开",
      selectKeyAriaLabel: "回车",
      navigateText: "移动",
      navigateUpKeyAriaLabel: "向上箭头",
      navigateDownKeyAriaLabel: "向下箭头",
      closeText: "关闭",
      closeKeyAriaLabel: "Esc",
    },
  },
};

export default defineConfig({
  srcDir: "build/tree",
  outDir: "build/dist",
  cacheDir: "build/cache",
  base: placeholder,
  title: "Thalweg",
  description: "Trains models inside WebAssembly: tensors, gradients, optimizers and the training step itself.",
  metaChunk: true,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${placeholder}icon.svg` }]],
  locales: {
    root: { label: "English", lang: "en", themeConfig: navigation("en") },
    zh: { label: "中文", lang: "zh", link: "/zh/", themeConfig: { ...navigation("zh"), ...chinese } },
  },
  themeConfig: {
    outline: [2, 3],
    externalLinkIcon: true,
    search: {
      provider: "local",
      options: {
        locales: { zh: { translations: chineseSearch } },
        _render(source, env, md) {
          const html = md.render(source, env);
          return searchable(html, env.relativePath);
        },
      },
    },
  },
  markdown: {
    anchor: { slugify },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config(md) {
      // A formula that is wider than the page can be scrolled by keyboard.
      const scrolled = (html) =>
        html.replace('<span class="katex-display"', '<span class="katex-display" tabindex="0"');
      md.use(katex, { transformer: (html) => scrolled(html).replace(/^<(\w+)/, "<$1 v-pre") });
      samples(md);
      emptyHeadings(md);
      plainBraces(md);
    },
  },
  transformPageData(page) {
    // Figures, and tables of them, take the width of the outline too.
    if (/^(zh\/)?(course|figures)\//.test(page.relativePath)) page.frontmatter.aside = false;
    return { translation: translation(page.relativePath) };
  },
  transformHtml(html) {
    return html.replace(/<script id="([\w-]+)">([\s\S]*?)<\/script>/g, (_, name, text) => {
      inlineScripts.set(name, text);
      return `<script src="${placeholder}${name}.js"></script>`;
    });
  },
  buildEnd({ outDir }) {
    for (const [name, text] of inlineScripts) writeFileSync(join(outDir, `${name}.js`), text);
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("thalweg-") } } },
  vite: {
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
    define: { __modules__: JSON.stringify(modules) },
    resolve: {
      alias: [
        { find: /^.*\/composables\/langs(\.js)?$/, replacement: join(site, ".vitepress/theme/languages.ts") },
        ...Object.entries(modules).map(([name, file]) => ({
          find: new RegExp(`^${name}$`),
          replacement: join(repository, "dist", file),
        })),
      ],
    },
    plugins: [
      {
        // Every browser that runs WebAssembly's vector instructions reads woff2.
        name: "formulas with one kind of font files",
        enforce: "pre",
        transform: (code, id) =>
          /katex\.min\.css$/.test(id) ? code.replace(/,url\([^)]*\.(woff|ttf)\) format\("\w+"\)/g, "") : null,
      },
    ],
  },
});
