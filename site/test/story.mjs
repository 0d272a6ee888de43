// A reader at work: runs a sample, edits, stops, shares, searches, changes the language, by keyboard where it matters.

import { until } from "./browsers.mjs";
import { editors, equal, patient, shared, silent } from "./pages.mjs";

export async function story({ session, url, test: once }) {
  const tab = await session.tab();
  const test = patient(once, tab);
  const { state, press, focus, ready, says } = editors(tab);
  /** Opens a program in the page "try" and runs it. */
  const run = async (program) => {
    await tab.go(shared(url, program));
    await until(async () => (await state())?.program === program, "the program of the address is in the editor");
    await press("Run");
  };

  await test("what goes wrong on a page is noticed", async () => {
    await tab.go(url);
    await tab.run(() => console.error("planted"));
    await until(async () => (await tab.messages()).some((text) => /planted/.test(text)), "the error is noticed");
    await tab.run(() => void fetch("http://127.0.0.1:9/").catch(() => {}));
    await until(
      async () => (await tab.messages()).some((text) => /127\.0\.0\.1:9\b/.test(text)),
      "the request is noticed",
    );
    await tab.messages();
  });

  await test("a sample runs", async () => {
    await tab.go(url);
    await until(() => tab.run(() => document.querySelector("thalweg-sample")?.shadowRoot), "the sample has a button");
    await press("Edit and run");
    const { lines } = await says(/^Finished/);
    equal(lines, ["500 steps, loss 0.000058", "0.01 0.99 0.99 0.01"]);
    await silent(tab);
  });

  await test("an endless loop is stopped, and the next program runs", async () => {
    await run('console.log("begins");\nwhile (true) {}');
    await until(async () => (await state()).lines.includes("begins"), "it begins");
    equal((await state()).canStop, true);
    await press("Stop");
    const stopped = await says(/^Stopped/);
    equal([stopped.lines, stopped.canStop], [["begins"], false]);
    await run("console.log([1.5, { a: new Float64Array(2) }], undefined);");
    equal((await says(/^Finished/)).lines, ["[ 1.5, { a: Float64Array(2) [ 0, 0 ] } ] undefined"]);
    await silent(tab);
  });

  await test("errors name the line", async () => {
    await run('const a = 1;\n\nthrow new RangeError("too far");');
    equal((await says(/error/)).lines, ["Line 3: RangeError: too far"]);
    await run('import { adam } from "thalweg";\n\nconsole.log(1);\nadam({ learningRate: -1 });');
    const { lines } = await says(/error/);
    if (!/^Line 4: RangeError: adam: learningRate/.test(lines[1])) throw new Error(lines.join("\n"));
    await run("const a = 1;\nconst b = ) 2;\n");
    equal((await says(/error/)).lines, ["Line 2: this is not JavaScript."]);
    await run('// from "nowhere"\nimport { x } from "nowhere";');
    if (!/^Line 2: There is no module "nowhere"/.test((await says(/error/)).lines[0])) throw new Error("no word of it");
    await run("setTimeout(() => {\n  throw new TypeError('late');\n}, 50);");
    await until(async () => (await state()).lines[0] === "Line 2: TypeError: late", "the late error shows");
  });
  await tab.messages(); // browsers report a module that they cannot read

  await test("pictures show", async () => {
    const line = 'import { plotLines } from "thalweg/plot";';
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>A dot</title><circle r="4"/></svg>';
    await run(`${line}\nconsole.log(typeof plotLines, \`${svg}\`);\nshow(\`${svg}\`);`);
    await says(/^Finished/);
    await until(async () => (await state()).pictures.every((alt) => alt === "A dot"), "the pictures are loaded");
    equal([(await state()).pictures.length, (await state()).lines], [2, ["function"]]);
    await silent(tab);
  });

  await test("the keyboard edits, runs and leaves the editor", async () => {
    await tab.go(shared(url, "const six = 6;"));
    await ready();
    await focus();
    await tab.press("Control+End");
    await tab.press("Enter");
    await tab.press("Tab");
    await tab.type("console.log(six * 7);");
    await tab.press("Control+Enter");
    const { lines, program } = await says(/^Finished/);
    equal([lines, program], [["42"], "const six = 6;\n  console.log(six * 7);"]);
    await tab.press("Escape");
    await tab.press("Tab");
    equal((await state()).focus, "Run");
    const hint = await tab.run(() => {
      const root = document.querySelector("thalweg-try").shadowRoot;
      return root.getElementById(root.querySelector(".cm-content").getAttribute("aria-describedby")).textContent;
    });
    if (!/Escape, then Tab/.test(hint)) throw new Error(hint);
  });

  await test("the link of a program opens it", async () => {
    const program = 'console.log("one 1 − x");';
    await run(program);
    await press("Copy link");
    await until(
      async () => /copied/.test((await state()).status) || tab.run(() => location.hash.length > 9),
      "it is copied",
    );
    const address = await tab.run(() => location.href);
    await tab.go(address.replace("#", "?again#"));
    await until(async () => (await state())?.program === program, "the program is there again");
    equal((await state()).lines, []); // it waits for its reader
    await silent(tab);
  });

  for (const [page, word] of [
    ["", "plateau"],
    ["zh/", "训练步骤"], // in the middle of a run of characters
  ])
    await test(`search finds ${word}`, async () => {
      await tab.go(url + page);
      const open = () => {
        if (!document.querySelector(".VPLocalSearchBox")) document.querySelector(".DocSearch-Button")?.click();
        return document.activeElement?.id === "localsearch-input";
      };
      await until(() => tab.run(open), "the field is open");
      // Typed letter by letter on a busy machine, the list may be that of the word's beginning.
      const paste = (text) => {
        document.activeElement.value = text;
        document.activeElement.dispatchEvent(new Event("input"));
      };
      await tab.run(`(text) => (${paste})(text)`, word);
      await until(() => tab.run(() => !!document.querySelector("#localsearch-list a")), `it finds ${word}`);
      await tab.press("Enter");
      const shows = (text) => document.querySelector("main")?.textContent.toLowerCase().includes(text);
      await until(
        () => tab.run(`(text) => !document.querySelector("#localsearch-list") && (${shows})(text)`, word),
        "the page opens",
      );
      await silent(tab);
    });

  await test("the theme is dark where the reader chose so", async () => {
    const dark = await session.tab({ dark: true });
    await dark.go(url);
    equal(await dark.run(() => document.documentElement.classList.contains("dark")), true);
    await silent(dark);
    await dark.close();
  });

  await test("the language menu leads to the same page, where there is one", async () => {
    await tab.go(`${url}try.html`);
    const link = () => tab.run(() => document.querySelector(".VPNavBarTranslations a")?.getAttribute("href") ?? null);
    await until(async () => (await link())?.endsWith("/zh/try.html"), "the link is there");
    await tab.run(() => document.querySelector(".VPNavBarTranslations a").click());
    await until(() => tab.run(() => document.documentElement.lang === "zh"), "the page is Chinese");
    const { length } = await tab
      .run(() => document.querySelectorAll("thalweg-try").length)
      .then((length) => ({ length }));
    equal(length, 1);
    await until(async () => (await state())?.program.includes("rosenbrock"), "the editor is open");
    await silent(tab);
    await tab.go(`${url}changelog.html`);
    equal(await link(), null);
  });

  await tab.close();
}
