// The theme: VitePress's own without its fonts, with the project's colors, and the elements of figures and samples.

import type { Router, Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import "katex/dist/katex.min.css";
import "./style.css";

/** Leaves a page as it is where only the state of its figures changes in the address, by a link or by going back. */
function keepPage(router: Router): void {
  router.onBeforePageLoad = (href) => {
    const { pathname, hash } = new URL(href, location.href);
    if (!router.route.component || pathname !== router.route.path || hash !== "") return true;
    dispatchEvent(new PopStateEvent("popstate"));
    return false;
  };
}

export default {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (import.meta.env.SSR) return;
    keepPage(router);
    // Elements exist in browsers only; their code comes when one is on the page.
    void import("../../elements/register.ts").then(({ defineElements }) => defineElements());
  },
} satisfies Theme;
