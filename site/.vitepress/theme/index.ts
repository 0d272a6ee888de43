// The theme: VitePress's own without its fonts, with the project's colors, and the elements of figures and samples.

import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "katex/dist/katex.min.css";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp() {
    // Elements exist in browsers only; their code comes when one is on the page.
    if (!import.meta.env.SSR) void import("../../elements/register.ts").then(({ defineElements }) => defineElements());
  },
} satisfies Theme;
