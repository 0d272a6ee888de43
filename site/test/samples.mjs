// Every sample of the English pages runs in the page and prints what its comments promise. Those of the Chinese pages are the same
// (tests/bindings/translations.test.ts), those of the reference are run by tests/bindings/docs.test.ts.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./browsers.mjs";
import { editors, equal, patient, silent } from "./pages.mjs";

export async function samples({ session, url, folder, test: once }) {
  const pages = readdirSync(folder, { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".html") && !/^(zh|reference)\//.test(name))
    .filter((name) => readFileSync(join(folder, name), "utf8").includes("<thalweg-sample"));
  const tab = await session.tab();
  const test = patient(once, tab);
  const { press, says } = editors(tab);
  for (const page of pages.sort()) {
    const programs = () =>
      tab.run(() => [...document.querySelectorAll("thalweg-sample")].map((sample) => sample.getAttribute("program")));
    await tab.go(url + page);
    await until(() => tab.run(() => document.querySelector("thalweg-sample")?.shadowRoot), "the samples have buttons");
    for (const [index, program] of (await programs()).entries())
      await test(`sample ${index + 1} of ${page} prints its comments`, async () => {
        await press("Edit and run", index);
        const { lines, status } = await says(/^Finished|error/, index);
        const promised = [...program.matchAll(/^ *console\.log\(.*\); *\/\/ ([^,\n]*)/gm)].map(([, text]) =>
          text.trim(),
        );
        if (!/^Finished/.test(status)) throw new Error(lines.join("\n"));
        if (promised.length > 0) equal(lines, promised);
        await silent(tab);
      });
  }
  await tab.close();
}
