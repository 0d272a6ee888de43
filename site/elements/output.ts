// Output of a program: a status, lines, and pictures.

import type { Words } from "./words.ts";

/** Lines of a program that logs without end would fill the page. */
const mostLines = 1000;

export class Output {
  readonly #words: Words;
  readonly #status = document.createElement("p");
  readonly #log = document.createElement("div");
  #lines = 0;

  constructor(words: Words) {
    this.#words = words;
    this.#status.className = "status";
    this.#status.setAttribute("role", "status");
    this.#log.className = "log";
    this.#log.setAttribute("role", "log");
    this.#log.setAttribute("aria-label", words.output);
    this.#log.tabIndex = 0;
    this.#log.hidden = true;
  }

  get elements(): HTMLElement[] {
    return [this.#status, this.#log];
  }

  clear(): void {
    this.#log.replaceChildren();
    this.#log.hidden = true;
    this.#status.textContent = "";
    this.#lines = 0;
  }

  say(text: string): void {
    this.#status.textContent = text;
  }

  fail(text: string, line: number | null): void {
    this.#append("error", line === null ? text : this.#words.atLine(line, text));
    this.say(this.#words.failed);
  }

  /** Adds a line or a picture; returns false when there are too many. */
  add(report: { kind: "log" | "warn" | "error"; text: string } | { kind: "picture"; svg: string }): boolean {
    if (this.#lines++ >= mostLines) {
      this.fail(this.#words.tooMuch, null);
      return false;
    }
    if (report.kind === "picture") this.#picture(report.svg);
    else this.#append(report.kind, report.text);
    return true;
  }

  /** Shows an address to copy by hand. */
  link(address: string): void {
    const field = document.createElement("input");
    field.readOnly = true;
    field.value = address;
    field.setAttribute("aria-label", this.#words.copy);
    this.#status.replaceChildren(field);
    field.select();
  }

  /** As an image, a picture runs no script and loads nothing. */
  #picture(svg: string): void {
    const picture = document.createElement("img");
    const title = /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? /aria-label="([^"]*)"/.exec(svg)?.[1];
    picture.alt = title ?? this.#words.picture;
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    this.#log.append(picture);
    this.#log.hidden = false;
  }

  #append(kind: string, text: string): void {
    const line = document.createElement("pre");
    line.className = kind;
    line.textContent = text;
    this.#log.append(line);
    this.#log.hidden = false;
  }
}
