// The frame of all figures. A figure is a file: its controls, its texts in both languages, a sheet, and `start`, which draws.
// The frame builds the form, keeps the state in the address, draws again when state, size or theme change, and speaks.

import type { ChartTexts } from "thalweg/plot";
import { Address } from "./kit/address.ts";
import { admitted, type Controls, resolve, type StateOf, type Values } from "./kit/controls.ts";
import { html } from "./kit/dom.ts";
import { buildForm } from "./kit/form.ts";
import { baseSheet } from "./kit/style.ts";
import { type Fill, filled, languageOf, type Texts, Voice } from "./kit/words.ts";

/** Drawing of a figure, made by its `start`. */
export interface Drawing {
  /** Draws the present state; called at most once a frame. */
  draw(): void;
  /** Ends what runs. */
  stop?(): void;
}

/** The frame as a figure sees it. */
export interface Frame<C extends Controls> {
  /** Element that the figure draws in. */
  readonly stage: HTMLElement;
  /** Values of all controls. */
  readonly state: StateOf<C>;
  /** True if the user prefers reduced motion. */
  readonly still: boolean;
  readonly language: "en" | "zh";
  /** Changes values; undefined returns one to its default. */
  set(changes: { readonly [K in keyof C]?: StateOf<C>[K] | undefined }): void;
  /** Draws in the next frame. */
  redraw(): void;
  /** Words for the controls of the library's charts, in the page's language. */
  readonly chartTexts: Partial<ChartTexts>;
  /** Text by its key, with values in place of its {names}. */
  text(key: string, values?: Fill): string;
  /** Writes the visible sentences about what is shown. */
  tell(...sentences: string[]): void;
  /** Speaks words to screen readers, at most every 400 ms. */
  say(words: string): void;
  /** Calls a function when a button of the controls is pressed. */
  on(button: keyof C & string, press: () => void): void;
  /** Changes the words on a button of the controls. */
  label(button: keyof C & string, words: string): void;
}

export interface FigureParts<C extends Controls> {
  readonly controls: C;
  /** Keys: "title", the name of each control, "control.option" for each option and group, and the figure's own. */
  readonly texts: { readonly en: Texts; readonly zh: Texts };
  /** Rules for the figure's own elements, in its shadow root. */
  readonly style?: string;
  /** Program that shows what is shown, for edit and run. */
  readonly program?: (state: StateOf<C>) => string;
  start(frame: Frame<C>): Drawing | Promise<Drawing>;
}

export interface Figure<C extends Controls = Controls> extends FigureParts<C> {
  readonly name: string;
  /** Shows the figure in an element; returns what ends it. */
  mount(host: HTMLElement): () => void;
}

/** Texts that the frame itself needs. */
const own = {
  en: {
    settings: "Settings",
    reset: "Reset",
    code: "Code",
    loading: "Loading …",
    failed: "The figure could not start: {why}",
  },
  zh: { settings: "设置", reset: "还原", code: "代码", loading: "正在载入……", failed: "图无法启动：{why}" },
} as const;

const chineseChart: Partial<ChartTexts> = {
  smoothing: "平滑",
  log: "对数刻度",
  time: "时间",
  csv: "CSV",
  series: "曲线",
  chart: "图表",
};

/** Describes a figure, which shows as <thalweg-NAME>. */
export function figure<const C extends Controls>(name: string, parts: FigureParts<C>): Figure<C> {
  return {
    name,
    ...parts,
    mount(host) {
      const mounted = new Mounted(name, parts, host);
      return () => mounted.end();
    },
  };
}

class Mounted<C extends Controls> {
  readonly #parts: FigureParts<C>;
  readonly #host: HTMLElement;
  readonly #texts: Texts;
  readonly #address: Address;
  readonly #voice: Voice;
  readonly #stage = html("div", { class: "stage" });
  readonly #says = html("p", { class: "says" });
  readonly #why = html("p", { class: "why", hidden: true });
  readonly #presses = new Map<string, () => void>();
  readonly #ending = new AbortController();
  readonly #form: ReturnType<typeof buildForm>;
  readonly #root: ShadowRoot;
  #chosen: Values;
  #values: Values;
  #drawing: Drawing | null = null;
  #frame = 0;
  #endEditor: (() => void) | null = null;

  constructor(name: string, parts: FigureParts<C>, host: HTMLElement) {
    this.#parts = parts;
    this.#host = host;
    const language = languageOf(host);
    this.#texts = { ...own[language], ...parts.texts[language] };
    this.#address = new Address(name, parts.controls, (chosen) => this.#take(chosen));
    this.#chosen = this.#address.chosen;
    this.#values = resolve(parts.controls, this.#chosen);
    const status = html("p", { class: "status", role: "status" });
    this.#voice = new Voice(status);
    const mounted = this;
    this.#form = buildForm({
      name,
      controls: parts.controls,
      texts: this.#texts,
      get values() {
        return mounted.#values;
      },
      change: (key, value) => this.#change({ [key]: value }),
      press: (key) => this.#presses.get(key)?.(),
      preset: (key, option) => this.#showPreset(key, option, true),
    });
    this.#root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(parts.style ?? "");
    this.#root.adoptedStyleSheets = [baseSheet, style];
    this.#root.replaceChildren(this.#built(status));
    this.#form.update(this.#values);
    this.#takeExample(host.getAttribute("example"));
    this.#watch();
    void this.#start(language);
  }

  #built(status: HTMLElement): HTMLElement {
    const { program } = this.#parts;
    const bar = html(
      "div",
      { class: "bar" },
      ...this.#form.bar,
      this.#button("reset", () => this.#take({}, true)),
    );
    const editor = html("div", { class: "editor" });
    if (program) bar.append(this.#button("code", () => void this.#edit(editor)));
    const form = html("form", {}, ...this.#form.form);
    form.addEventListener("submit", (event) => event.preventDefault());
    const settings = html("details", {}, html("summary", {}, this.#texts.settings as string), form);
    const title = html("p", { class: "title", id: "title" }, this.#texts.title as string);
    const top = html("div", { class: "bar top" }, ...this.#form.top);
    const inside = html(
      "div",
      { class: "inside" },
      title,
      top,
      this.#stage,
      bar,
      this.#why,
      this.#says,
      status,
      settings,
      editor,
    );
    return html("div", { class: "figure", role: "group", "aria-labelledby": "title" }, inside);
  }

  #button(key: "reset" | "code", press: () => void): HTMLButtonElement {
    const button = html("button", { type: "button", name: key }, this.#texts[key] as string);
    button.addEventListener("click", press);
    return button;
  }

  /** Watches size and theme. */
  #watch(): void {
    const { signal } = this.#ending;
    const sized = new ResizeObserver(() => this.#redraw());
    sized.observe(this.#stage);
    const theme = (): void => {
      this.#host.toggleAttribute("dark", document.documentElement.classList.contains("dark"));
      this.#redraw();
    };
    const themed = new MutationObserver(theme);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    signal.addEventListener("abort", () => {
      sized.disconnect();
      themed.disconnect();
    });
    theme();
  }

  async #start(language: "en" | "zh"): Promise<void> {
    const text = (key: string, values?: Fill): string => filled(this.#texts, key, values);
    this.#voice.say(text("loading"));
    const mounted = this;
    const frame: Frame<C> = {
      stage: this.#stage,
      get state() {
        return mounted.#values as StateOf<C>;
      },
      still: matchMedia("(prefers-reduced-motion: reduce)").matches,
      language,
      set: (changes) => this.#change(changes),
      redraw: () => this.#redraw(),
      chartTexts: language === "zh" ? chineseChart : {},
      text,
      tell: (...sentences) => {
        const words = sentences.join(language === "zh" ? "" : " ");
        if (this.#says.textContent !== words) this.#says.textContent = words;
      },
      say: (words) => this.#voice.say(words),
      on: (button, press) => void this.#presses.set(button, press),
      label: (button, words) => {
        const element = this.#root.querySelector(`button[name="${button}"]`);
        if (element && element.textContent !== words) element.textContent = words;
      },
    };
    try {
      const drawing = await this.#parts.start(frame);
      if (this.#ending.signal.aborted) return drawing.stop?.();
      this.#drawing = drawing;
      this.#root.querySelector(".figure")?.classList.add("ready");
      this.#redraw();
    } catch (error) {
      this.#voice.say(text("failed", { why: (error as Error).message }));
      throw error;
    }
  }

  /** Changes some values by the user or the figure. */
  #change(changes: Values): void {
    const { controls } = this.#parts;
    const chosen: Record<string, unknown> = { ...this.#chosen };
    for (const [key, value] of Object.entries(changes)) {
      const control = controls[key];
      if (!control) continue;
      const fits = value === undefined ? undefined : admitted(control, value, this.#values);
      if (value !== undefined && fits === undefined) continue;
      if (fits === undefined) delete chosen[key];
      else chosen[key] = fits;
      for (const other of control.resets ?? []) if (!(other in changes)) delete chosen[other];
    }
    const isSame = Object.keys(changes).every((key) => this.#parts.controls[key]?.place === "bar");
    this.#take(chosen, true, isSame);
  }

  /** Shows a preset, with the words for what to look at until something else is chosen. */
  #showPreset(key: string, option: string, write = false): void {
    const control = this.#parts.controls[key];
    const values = control?.kind === "presets" ? control.options[option] : undefined;
    if (!values) throw new Error(`The figure has no example "${option}".`);
    this.#take(values, write);
    this.#why.textContent = filled(this.#texts, `${key}.${option}.why`);
    this.#why.hidden = false;
    this.#form.update({ ...this.#values, [key]: option });
  }

  /** Begins with a preset by its name, which stands in the page's text, unless the address says what to show. */
  #takeExample(option: string | null): void {
    const key = Object.keys(this.#parts.controls).find((name) => this.#parts.controls[name]?.kind === "presets");
    if (!option || !key || Object.keys(this.#chosen).length > 0) return;
    this.#showPreset(key, option);
  }

  /** Takes over chosen values, and writes them to the address unless they came from there. */
  #take(chosen: Values, write = false, keepsWords = false): void {
    this.#chosen = chosen;
    this.#values = resolve(this.#parts.controls, chosen);
    if (!keepsWords) this.#why.hidden = true;
    this.#form.update(this.#values);
    if (write) this.#address.write(chosen);
    this.#redraw();
  }

  #redraw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawing?.draw();
    });
  }

  /** Opens the program of the present state in an editor, or closes it. */
  async #edit(place: HTMLElement): Promise<void> {
    if (this.#endEditor) {
      this.#endEditor();
      this.#endEditor = null;
      return;
    }
    const [{ mountEditor }, { wordsOf }] = await Promise.all([import("./editor.ts"), import("./words.ts")]);
    if (this.#ending.signal.aborted || !this.#parts.program) return;
    const code = this.#parts.program(this.#values as StateOf<C>);
    const inner = html("div", {});
    place.replaceChildren(inner);
    const editor = mountEditor(inner.attachShadow({ mode: "open" }), { code, words: wordsOf(this.#host) });
    editor.focus();
    this.#endEditor = () => {
      editor.end();
      inner.remove();
    };
  }

  end(): void {
    this.#ending.abort();
    cancelAnimationFrame(this.#frame);
    this.#address.end();
    this.#voice.end();
    this.#drawing?.stop?.();
    this.#endEditor?.();
    this.#root.replaceChildren();
  }
}
