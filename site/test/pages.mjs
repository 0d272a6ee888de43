// Actions of the tests on a page: they find parts of editors, which lie in shadow roots, and wait for them.

import { deflateRawSync } from "node:zlib";
import { until } from "./browsers.mjs";

let opened = 0;
/** The address of a program in the page "try", each time another: one that differs in its fragment alone would not load. */
export const shared = (url, program) =>
  `${url}try.html?${++opened}#code=${deflateRawSync(program).toString("base64url")}`;

/** State of an editor: `status`, `lines` of output, and whether each button can be pressed. */
function stateOf(index) {
  const root = document.querySelectorAll("thalweg-sample, thalweg-try")[index]?.shadowRoot;
  if (!root?.querySelector(".frame")) return null;
  const buttons = [...root.querySelectorAll(".bar button")];
  return {
    status: root.querySelector(".status").textContent,
    lines: [...root.querySelectorAll(".log > pre")].map((line) => line.textContent),
    pictures: [...root.querySelectorAll(".log > img")].map((image) => image.naturalWidth > 0 && image.alt),
    program: [...root.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n"),
    canStop: !buttons[1].disabled,
    focus: root.activeElement?.textContent.slice(0, 20) ?? "",
  };
}

/** Presses a button of an editor, or of the sample that is none yet. */
function pressIn(index, label) {
  const root = document.querySelectorAll("thalweg-sample, thalweg-try")[index].shadowRoot;
  [...root.querySelectorAll("button")].find(({ textContent }) => textContent === label).click();
}

/** The editors of a tab. */
export function editors(tab) {
  const state = (index = 0) => tab.run(stateOf, index);
  return {
    state,
    press: (label, index = 0) => tab.run(pressIn, index, label),
    focus: () => tab.run(() => document.querySelector("thalweg-try").shadowRoot.querySelector(".cm-content").focus()),
    ready: (index = 0) => until(() => state(index), "the editor is open"),
    /** The state once the status fits a pattern. */
    says: async (pattern, index = 0) => {
      let last = null;
      const fits = async () => {
        last = await state(index);
        return last && pattern.test(last.status) ? last : null;
      };
      try {
        return await until(fits, `the status is ${pattern}`);
      } catch (error) {
        throw new Error(`${error.message}; it is ${JSON.stringify(last)}`);
      }
    },
  };
}

/** Throws unless what a tab said since the last call is nothing. */
export async function silent(tab) {
  const said = await tab.messages();
  if (said.length > 0) throw new Error(said.join("\n"));
}

/**
 * Tests on a tab that are tried once more when they fail, as a browser on a busy machine can lose an event. The failure is printed
 * all the same.
 */
export const patient = (test, tab) => (name, body) =>
  test(name, async () => {
    try {
      await body();
    } catch (error) {
      console.log(`- ${name}: tried once more after ${error.message}`);
      await tab.messages();
      await body();
    }
  });

export function equal(got, expected) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
  if (a !== b) throw new Error(`got ${a}, expected ${b}`);
}
