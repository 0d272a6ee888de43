// The form of a figure, built from its controls. Every control is a native field with a label, so that keyboard, touch and
// screen readers work as everywhere.

import { type Control, type Controls, given, type Numbers, type Several, type Values } from "./controls.ts";
import { html } from "./dom.ts";
import { format } from "./numbers.ts";
import { type Fill, filled, type Texts } from "./words.ts";

/** A control in the page: its element, and what brings it up to date. */
interface Field {
  readonly element: HTMLElement;
  update(values: Values): void;
}

export interface FormHost {
  readonly name: string;
  readonly controls: Controls;
  readonly texts: Texts;
  readonly values: Values;
  change(name: string, value: unknown): void;
  press(name: string): void;
  /** Takes over the values of a preset. */
  preset(name: string, option: string): void;
}

let fields = 0;
const freshId = (): string => `field-${++fields}`;

/** Sets a field's text unless the user is writing in it. */
function setText(input: HTMLInputElement, text: string): void {
  if (input.getRootNode() instanceof ShadowRoot && (input.getRootNode() as ShadowRoot).activeElement === input) {
    if (input.type !== "range") return;
  }
  if (input.value !== text) input.value = text;
}

function labelled(host: FormHost, name: string, ...content: Node[]): HTMLLabelElement {
  return html(
    "label",
    { class: `control ${name}` },
    html("span", { class: "label" }, filled(host.texts, name)),
    ...content,
  );
}

function choiceField(host: FormHost, name: string, { options, groups }: Extract<Control, { kind: "choice" }>): Field {
  const words = (key: string): string => filled(host.texts, `${name}.${key}`);
  const entry = (option: string): HTMLElement => html("option", { value: option }, words(option));
  const entries = groups
    ? Object.entries(groups).map(([group, own]) => html("optgroup", { label: words(group) }, ...own.map(entry)))
    : options.map(entry);
  const select = html("select", { name }, ...entries);
  select.addEventListener("change", () => host.change(name, select.value));
  return {
    element: labelled(host, name, select),
    update(values) {
      select.value = values[name];
    },
  };
}

/** A choice that returns to its first entry, as what it sets stands in the other controls. */
function presetsField(host: FormHost, name: string, options: readonly string[]): Field {
  const entries = options.map((option) => html("option", { value: option }, filled(host.texts, `${name}.${option}`)));
  const select = html(
    "select",
    { name },
    html("option", { value: "" }, filled(host.texts, `${name}.none`)),
    ...entries,
  );
  select.addEventListener("change", () => {
    if (select.value !== "") host.preset(name, select.value);
  });
  return {
    element: labelled(host, name, select),
    update(values) {
      select.value = values[name] ?? "";
    },
  };
}

function slider(
  range: {
    readonly min: number;
    readonly max: number;
    readonly step: number;
    readonly show?: (value: number) => string;
  },
  attributes: Fill,
  change: (value: number) => void,
) {
  const { min, max, step, show = format } = range;
  const input = html("input", { type: "range", min, max, step, ...attributes });
  const output = html("output", {});
  input.addEventListener("input", () => change(input.valueAsNumber));
  const update = (value: number): void => {
    input.valueAsNumber = value;
    const text = show(value);
    input.setAttribute("aria-valuetext", text);
    if (output.textContent !== text) output.textContent = text;
  };
  return { input, output, update };
}

function rangeField(host: FormHost, name: string, control: Extract<Control, { kind: "range" }>): Field {
  const max = given(control.max, host.values);
  const { input, output, update } = slider({ ...control, max }, { name }, (value) => host.change(name, value));
  return {
    element: labelled(host, name, input, output),
    update(values) {
      input.max = String(given(control.max, values));
      update(values[name]);
    },
  };
}

function numberField(host: FormHost, name: string, { min, max, step }: Extract<Control, { kind: "number" }>): Field {
  const input = html("input", { type: "number", name, min, max, step });
  input.addEventListener("change", () => host.change(name, input.valueAsNumber));
  return { element: labelled(host, name, input), update: (values) => setText(input, String(values[name])) };
}

function pointField(host: FormHost, name: string): Field {
  const axes = ["x", "y"].map((axis) => {
    const input = html("input", { type: "number", step: "any", name: `${name}.${axis}` });
    input.addEventListener("change", () =>
      host.change(
        name,
        axes.map(({ input: { valueAsNumber } }) => valueAsNumber),
      ),
    );
    return { axis, input };
  });
  const labels = axes.map(({ axis, input }) =>
    html("label", {}, html("span", {}, host.texts[`${name}.${axis}`] ?? axis), input),
  );
  const legend = html("legend", { class: "label" }, filled(host.texts, name));
  return {
    element: html("fieldset", { class: `control point ${name}` }, legend, ...labels),
    update: (values) => {
      for (const [k, { input }] of axes.entries()) setText(input, String(Number(values[name][k].toPrecision(6))));
    },
  };
}

function flagField(host: FormHost, name: string): Field {
  const input = html("input", { type: "checkbox", name });
  input.addEventListener("change", () => host.change(name, input.checked));
  const label = html("span", { class: "label" }, filled(host.texts, name));
  return {
    element: html("label", { class: `control flag ${name}` }, input, label),
    update(values) {
      input.checked = values[name];
    },
  };
}

function formulaField(host: FormHost, name: string, { check }: Extract<Control, { kind: "formula" }>): Field {
  const fault = html("span", { class: "fault", id: freshId(), role: "alert" });
  const input = html("input", { type: "text", name, spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
  input.setAttribute("aria-describedby", fault.id);
  input.addEventListener("input", () => {
    const wrong = check(input.value);
    input.setAttribute("aria-invalid", String(wrong !== null));
    fault.textContent = wrong === null ? "" : filled(host.texts, wrong.key, wrong.values);
    if (wrong === null) host.change(name, input.value);
  });
  return { element: labelled(host, name, input, fault), update: (values) => setText(input, values[name]) };
}

function severalField(host: FormHost, name: string, control: Several): Field {
  const numbers = control.numbers ? (host.controls[control.numbers] as Numbers) : null;
  const usual = numbers ? given(numbers.value, host.values) : {};
  const updates: ((values: Values) => void)[] = [];
  const row = (option: string): HTMLElement => {
    const words = filled(host.texts, `${name}.${option}`);
    const input = html("input", { type: "checkbox", value: option, name });
    input.addEventListener("change", () => {
      const chosen: readonly string[] = host.values[name];
      host.change(name, input.checked ? [...chosen, option] : chosen.filter((other) => other !== option));
    });
    const element = html("div", { class: "row" }, html("label", {}, input, html("span", {}, words)));
    updates.push((values) => {
      input.checked = values[name].includes(option);
    });
    if (!numbers || usual[option] === undefined) return element;
    const key = control.numbers as string;
    const label = `${filled(host.texts, key)}: ${words}`;
    const beside = slider(numbers, { name: `${key}.${option}`, "aria-label": label }, (value) =>
      host.change(key, { ...host.values[key], [option]: value }),
    );
    const part = html("span", { class: "beside" }, beside.input, beside.output);
    element.append(part);
    updates.push((values) => {
      part.hidden = !values[name].includes(option);
      beside.update(values[key][option]);
    });
    return element;
  };
  const groups = Object.entries(control.groups).map(([group, options]) =>
    html(
      "div",
      { class: "group", role: "group", "aria-label": filled(host.texts, `${name}.${group}`) },
      html("p", { class: "title" }, filled(host.texts, `${name}.${group}`)),
      ...options.map(row),
    ),
  );
  const legend = html("legend", { class: "label" }, filled(host.texts, name));
  return {
    element: html(
      "fieldset",
      { class: `control several ${name}` },
      legend,
      html("div", { class: "groups" }, ...groups),
    ),
    update: (values) => {
      for (const update of updates) update(values);
    },
  };
}

function buttonField(host: FormHost, name: string): Field {
  const element = html("button", { type: "button", name }, filled(host.texts, name));
  element.addEventListener("click", () => host.press(name));
  return { element, update: () => {} };
}

function fieldOf(host: FormHost, name: string, control: Control): Field | null {
  switch (control.kind) {
    case "choice":
      return choiceField(host, name, control);
    case "presets":
      return presetsField(host, name, Object.keys(control.options));
    case "several":
      return severalField(host, name, control);
    case "numbers":
      return null; // beside its options
    case "range":
      return rangeField(host, name, control);
    case "number":
      return numberField(host, name, control);
    case "point":
      return pointField(host, name);
    case "flag":
      return flagField(host, name);
    case "formula":
      return formulaField(host, name, control);
    case "button":
      return buttonField(host, name);
  }
}

/** Builds all fields. Returns those of each place, and what brings them up to date. */
export function buildForm(host: FormHost) {
  const places: Record<"top" | "bar" | "form", HTMLElement[]> = { top: [], bar: [], form: [] };
  const updates: ((values: Values) => void)[] = [];
  for (const [name, control] of Object.entries(host.controls)) {
    const field = fieldOf(host, name, control);
    if (!field) continue;
    places[control.place ?? "form"].push(field.element);
    updates.push((values) => {
      if (control.when) field.element.hidden = !control.when(values);
      field.update(values);
    });
  }
  return {
    ...places,
    update(values: Values): void {
      for (const update of updates) update(values);
    },
  };
}
