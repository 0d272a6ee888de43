// The state of a figure in the page's address, as "?race.steps=100": what differs from the defaults, written a little late, so
// that dragging does not write at every move.

import { type Controls, given, hasValue, read, resolve, type Values, written } from "./controls.ts";

const delay = 250;

/** Values that the address holds for a figure. */
export function chosenIn(search: string, name: string, controls: Controls): Values {
  const parameters = new URLSearchParams(search);
  const chosen: Record<string, unknown> = {};
  for (const [key, control] of Object.entries(controls)) {
    const text = parameters.get(`${name}.${key}`);
    if (text !== null && hasValue(control)) chosen[key] = read(control, text);
  }
  return chosen;
}

/** The query of an address with the values of a figure in place of those it had. */
export function searchWith(search: string, name: string, controls: Controls, chosen: Values): string {
  const parameters = new URLSearchParams(search);
  const values = resolve(controls, chosen);
  for (const [key, control] of Object.entries(controls)) {
    parameters.delete(`${name}.${key}`);
    if (!hasValue(control) || chosen[key] === undefined) continue;
    const text = written(control, values[key], values);
    if (text !== written(control, given<unknown>(control.value, values), values))
      parameters.set(`${name}.${key}`, text);
  }
  // Commas, colons and stars may stand in a query as they are, and read better.
  const query = parameters.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return query === "" ? "" : `?${query}`;
}

/** Keeps a figure's values and the address together until it is ended. */
export class Address {
  #timer = 0;
  readonly #path = location.pathname;

  constructor(
    readonly name: string,
    readonly controls: Controls,
    readonly changed: (chosen: Values) => void,
  ) {
    addEventListener("popstate", this.#read);
  }

  get chosen(): Values {
    return chosenIn(location.search, this.name, this.controls);
  }

  readonly #read = (): void => {
    clearTimeout(this.#timer);
    if (location.pathname === this.#path) this.changed(this.chosen);
  };

  write(chosen: Values): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (location.pathname !== this.#path) return;
      const search = searchWith(location.search, this.name, this.controls, chosen);
      if (search === location.search) return;
      history.replaceState(history.state, "", `${location.pathname}${search}${location.hash}`);
    }, delay);
  }

  end(): void {
    clearTimeout(this.#timer);
    removeEventListener("popstate", this.#read);
  }
}
