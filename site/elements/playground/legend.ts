// What the marks and lines of the map mean.

import { html } from "../kit/dom.ts";
import type { Fill } from "../kit/words.ts";
import type { Data } from "./data.ts";
import { sign, valueSteps } from "./marks.ts";

export class Legend {
  readonly element = html("p", { class: "legend" });
  readonly #text: (key: string, values?: Fill) => string;

  constructor(text: (key: string, values?: Fill) => string) {
    this.#text = text;
  }

  show({ task, classes, test }: Data): void {
    const text = this.#text;
    const kinds =
      task === "classes"
        ? Array.from({ length: classes }, (_, kind) => entry(`train class${kind}`, kind, text("class", { kind })))
        : [
            entry("train value0", 0, text("legend.low")),
            entry(`train value${valueSteps / 2}`, 0, "0"),
            entry(`train value${valueSteps}`, 0, text("legend.high")),
          ];
    const sets = test.length > 0 ? [html("span", {}, text("legend.test"))] : [];
    this.element.replaceChildren(...kinds, ...sets);
  }
}

const entry = (look: string, kind: number, words: string): HTMLElement => html("span", {}, sign(look, kind), words);
