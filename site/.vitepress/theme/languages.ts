// In place of VitePress's composable of the same name: its menu leads to the same page in the other language only where that
// page exists (transformPageData says so); elsewhere the menu is empty and does not show.

import { useData } from "vitepress";
import { computed } from "vue";

export function useLangs(_options: { correspondingLink?: boolean } = {}) {
  const { site, localeIndex, page, hash } = useData();
  const currentLang = computed(() => ({
    label: site.value.locales[localeIndex.value]?.label,
    link: localeIndex.value === "root" ? "/" : `/${localeIndex.value}/`,
  }));
  const localeLinks = computed(() => {
    const translation = (page.value as { translation?: string | null }).translation;
    if (!translation) return [];
    const other = translation.startsWith("zh/") ? "zh" : "root";
    const link = `/${translation.replace(/(^|\/)index\.md$/, "$1").replace(/\.md$/, ".html")}`;
    return [{ text: site.value.locales[other]?.label ?? "", link: link + hash.value }];
  });
  return { localeLinks, currentLang };
}
