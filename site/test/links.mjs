// Every link of every page leads to a page that is there, and its fragment to an element of that page; other sites are left alone.

import { check } from "linkinator";

export async function links({ url, test }) {
  await test("links and their fragments hold", async () => {
    const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const { links: found } = await check({
      ...{ path: url, recurse: true, checkFragments: true, concurrency: 20 },
      linksToSkip: [`^(?!${escaped})`],
    });
    const visited = found.filter(({ state }) => state === "OK");
    if (visited.length < 20) throw new Error(`only ${visited.length} links were found`);
    const broken = found.filter(({ state }) => state === "BROKEN");
    if (broken.length > 0) throw new Error(broken.map((link) => `${link.parent} → ${link.url}`).join("\n"));
  });
}
