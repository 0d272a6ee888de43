// Three browsers with one way to drive them: `go` opens an address, `run` calls a function in the page, `press` and `type` are keys
// of a keyboard, `drag` moves what lies at one place to another, `messages` takes what went wrong since the last call. `find` returns
// null where the browser is not installed.

import { randomInt } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium as chromiumLauncher, firefox as firefoxLauncher } from "playwright-core";
import { Builder, Capabilities, Key } from "selenium-webdriver";
import { end, start } from "../../tests/hosts/commands.js";

const firstOf = (files) => files.find((file) => existsSync(file)) ?? null;
const onPath = (name) => firstOf((process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));

/** Waits until the page's program has taken over what the server sent: a click before that may be lost. */
const alive = (evaluate) =>
  until(() => evaluate('!!document.querySelector("#app")?.__vue_app__'), "the page's program runs");

/** Opens a tab of Chromium or Firefox. */
async function tabOf(browser, isFirefox, { width = 1280, dark = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  // Firefox does not take colorScheme; what the switch stores works everywhere.
  await context.addInitScript(
    (theme) => {
      if (location.protocol === "http:") localStorage.setItem("vitepress-theme-appearance", theme);
    },
    dark ? "dark" : "light",
  );
  const page = await context.newPage();
  let found = [];
  let origin = null;
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") found.push(message.text());
  });
  page.on("pageerror", (error) => found.push(error.stack || String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (origin && !["data:", "blob:"].includes(url.protocol) && url.origin !== origin) found.push(`request to ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) found.push(`${response.status()} for ${response.url()}`);
  });
  return {
    async go(url) {
      // Words of a page that is left in the middle of its work are no fault of it. Firefox says it late, and Chromium requests the
      // icon of an empty page.
      const before = found;
      if (isFirefox) await page.goto("about:blank");
      origin = new URL(url).origin;
      await page.goto(url, { waitUntil: "commit" });
      found = before;
      await page.waitForLoadState();
      await alive(page.evaluate.bind(page));
    },
    run: (body, ...args) => page.evaluate(`(${body}).apply(null, ${JSON.stringify(args)})`),
    evaluate: (source) => page.evaluate(source), // not under the policy of the page
    press: (key) => page.keyboard.press(key),
    async drag(from, to) {
      await page.mouse.move(...from);
      await page.mouse.down();
      await page.mouse.move(...to, { steps: 4 });
      await page.mouse.up();
    },
    type: (text) => page.keyboard.type(text),
    resize: (width) => page.setViewportSize({ width, height: 900 }),
    async messages() {
      const taken = found;
      found = [];
      return taken;
    },
    close: () => context.close(),
  };
}

const playwright = (name, find, launch) => ({
  name,
  find,
  async start() {
    const browser = await launch(find());
    return { tab: (options) => tabOf(browser, name === "Firefox", options), end: () => browser.close() };
  },
});

const chromium = playwright(
  "Chromium",
  () => onPath("chromium") ?? onPath("google-chrome"),
  (executablePath) => chromiumLauncher.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] }),
);
chromium.advice = "Install Debian's package chromium.";

const firefox = playwright(
  "Firefox",
  () => onPath("firefox-esr") ?? onPath("firefox"),
  (executablePath) => firefoxLauncher.launch({ channel: "moz-firefox", executablePath }),
);
firefox.advice = "Install Debian's package firefox-esr.";

/** WebKitGTK's small browser, beside its library in the folder of the machine's architecture. */
function miniBrowser() {
  if (!onPath("WebKitWebDriver") || !onPath("xvfb-run")) return null;
  const folders = readdirSync("/usr/lib").filter((name) => name.endsWith("-linux-gnu"));
  return firstOf(
    ["4.1", "6.0"].flatMap((api) => folders.map((name) => join("/usr/lib", name, `webkit2gtk-${api}/MiniBrowser`))),
  );
}

const keys = {
  Tab: Key.TAB,
  Escape: Key.ESCAPE,
  Enter: Key.ENTER,
  End: Key.END,
  Delete: Key.DELETE,
  Control: Key.CONTROL,
  Shift: Key.SHIFT,
  ArrowLeft: Key.ARROW_LEFT,
  ArrowRight: Key.ARROW_RIGHT,
  ArrowUp: Key.ARROW_UP,
  ArrowDown: Key.ARROW_DOWN,
};

/** The tab of a session of WebKit, whose pages begin with recorder.js. */
function tabOfWebKit(driver, { width = 1280, dark = false } = {}) {
  let origin = null;
  const run = (body, ...args) => driver.executeScript(`return (${body}).apply(null, arguments)`, ...args);
  return {
    async go(url) {
      await driver.manage().window().setRect({ width, height: 900, x: 0, y: 0 });
      if (origin !== new URL(url).origin) {
        origin = new URL(url).origin;
        await driver.get(url);
        await run((theme) => localStorage.setItem("vitepress-theme-appearance", theme), dark ? "dark" : "light");
      }
      await driver.get(url);
      await alive((source) => driver.executeScript(`return ${source}`));
    },
    run,
    async press(combination) {
      const names = combination.split("+");
      const last = names.pop();
      const actions = driver.actions();
      for (const name of names) actions.keyDown(keys[name]);
      if (!keys[last] && last.length > 1) throw new Error(`the driver of WebKit does not know the key ${last}`);
      actions.sendKeys(keys[last] ?? last);
      for (const name of names) actions.keyUp(keys[name]);
      await actions.perform();
    },
    async drag([x, y], [toX, toY]) {
      const at = (left, top) => ({ x: Math.round(left), y: Math.round(top), duration: 50 });
      await driver.actions().move(at(x, y)).press().move(at(toX, toY)).release().perform();
    },
    type: (text) => driver.actions().sendKeys(text).perform(),
    resize: (width) => driver.manage().window().setRect({ width, height: 900, x: 0, y: 0 }),
    messages: () => run(() => window.recorded.splice(0)),
    close: async () => {},
  };
}

const webkit = {
  name: "WebKit",
  advice: "Install Debian's packages webkit2gtk-driver and xvfb.",
  find: miniBrowser,
  records: true,
  async start() {
    const port = randomInt(20_000, 40_000);
    const screened = ["-n", String(randomInt(1000, 60_000)), "-s", "-screen 0 1400x1000x24"];
    const program = start("xvfb-run", [...screened, "WebKitWebDriver", `--port=${port}`], {
      env: {
        ...process.env,
        LANG: "en_US.UTF-8", // in the locale C its navigator.language is no language
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", // the pages are our own, and root has no sandbox
      },
    });
    const address = `http://127.0.0.1:${port}`;
    await until(
      () =>
        fetch(`${address}/status`).then(
          ({ ok }) => ok,
          () => false,
        ),
      "WebKitWebDriver answers",
    );
    const capabilities = new Capabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": {
        binary: miniBrowser(),
        args: ["--automation", "--enable-write-console-messages-to-stdout=true"],
      },
    });
    const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
    return {
      tab: async (options) => tabOfWebKit(driver, options),
      async end() {
        await driver.quit().catch(() => {});
        await end(program);
      },
    };
  },
};

/** Waits until a function, which may return a promise, is true; returns its value. */
export async function until(isReady, what, milliseconds = 60_000) {
  const begin = Date.now();
  for (;;) {
    const value = await isReady();
    if (value) return value;
    if (Date.now() - begin > milliseconds) throw new Error(`waited ${milliseconds / 1000} s in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const browsers = { chromium, firefox, webkit };
