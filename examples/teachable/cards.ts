/** A card for each class: its name, what adds examples, and the examples. */

import type { Group, Picture } from "./project.js";
import { paint } from "./snapshot.js";

/** Functions of the page for what a person does with a card. */
export interface CardActions {
  rename(group: Group): void;
  /** Adds what is shown. */
  add(group: Group): Promise<void>;
  addFiles(group: Group, files: readonly File[]): Promise<void>;
  removePicture(group: Group, picture: Picture): void;
  remove(group: Group): void;
}

/** Milliseconds for which a button is held before it repeats, and between two examples. */
const HOLD = 400;
const REPEAT = 120;

const element = <K extends keyof HTMLElementTagNameMap>(tag: K, className = "", text = ""): HTMLElementTagNameMap[K] =>
  Object.assign(document.createElement(tag), { className, textContent: text });

const button = (text: string, className: string, press: () => unknown): HTMLButtonElement => {
  const made = Object.assign(element("button", className, text), { type: "button" });
  made.addEventListener("click", press);
  return made;
};

export class Card {
  readonly element = element("li", "card");
  readonly #group: Group;
  readonly #actions: CardActions;
  readonly #name = element("input");
  readonly #remove: HTMLButtonElement;
  readonly #add: HTMLButtonElement;
  readonly #files = element("input", "hidden");
  readonly #list = element("ul", "pictures");
  readonly #shown = new Map<Picture, HTMLElement>();

  constructor(group: Group, actions: CardActions) {
    this.#group = group;
    this.#actions = actions;
    Object.assign(this.#name, { type: "text", value: group.name, maxLength: 40, autocomplete: "off" });
    this.#name.addEventListener("input", () => this.#rename());
    this.#name.addEventListener("change", () => Object.assign(this.#name, { value: group.name }));
    this.#remove = button("Remove", "", () => actions.remove(group));
    this.#add = button("Add this", "main", () => actions.add(group));
    repeatWhileHeld(this.#add, () => actions.add(group));
    Object.assign(this.#files, { type: "file", accept: "image/*", multiple: true });
    this.#files.addEventListener("change", async () => {
      await actions.addFiles(group, [...(this.#files.files ?? [])]);
      this.#files.value = "";
    });
    const label = element("label", "button", "Add files");
    label.append(this.#files);
    const [head, buttons] = [element("p", "head"), element("p", "buttons")];
    head.append(this.#name, this.#remove);
    buttons.append(this.#add, label);
    this.element.append(head, buttons, this.#list);
    acceptDrops(this.element, (files) => actions.addFiles(group, files));
    this.refresh();
  }

  focus(): void {
    this.#name.focus();
    this.#name.select();
  }

  #rename(): void {
    this.#group.name = this.#name.value.trim() || "Without a name";
    this.#actions.rename(this.#group);
    this.refresh();
  }

  /** Shows the pictures that the class has now. */
  refresh(): void {
    const { name, pictures } = this.#group;
    this.#name.setAttribute("aria-label", "Name of the class");
    this.#remove.setAttribute("aria-label", `Remove ${name}`);
    this.#add.setAttribute("aria-label", `Add this to ${name}`);
    this.#files.setAttribute("aria-label", `Add files to ${name}`);
    this.#list.setAttribute("aria-label", `Examples of ${name}`);
    for (const [picture, item] of this.#shown)
      if (!pictures.includes(picture)) {
        item.remove();
        this.#shown.delete(picture);
      }
    for (const [k, picture] of pictures.entries()) {
      const item = this.#shown.get(picture) ?? this.#show(picture);
      item.firstElementChild?.setAttribute("aria-label", `Remove example ${k + 1} of ${name}`);
    }
  }

  #show(picture: Picture): HTMLElement {
    const [item, canvas] = [element("li"), element("canvas")];
    paint(canvas, picture.pixels);
    const remove = button("", "", () => {
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.firstElementChild ?? this.#add;
      this.#actions.removePicture(this.#group, picture);
      (next as HTMLElement).focus();
    });
    remove.append(canvas);
    item.append(remove);
    this.#list.append(item);
    this.#shown.set(picture, item);
    return item;
  }
}

/** Repeats an action while a pointer holds a button down; a keyboard repeats by itself. */
function repeatWhileHeld(target: HTMLElement, action: () => Promise<void>): void {
  let timer = 0;
  const stop = (): void => clearTimeout(timer);
  const again = async (): Promise<void> => {
    const own = timer;
    await action();
    if (timer === own) timer = window.setTimeout(again, REPEAT);
  };
  target.addEventListener("pointerdown", () => {
    timer = window.setTimeout(again, HOLD);
  });
  for (const end of ["pointerup", "pointerleave", "pointercancel"])
    target.addEventListener(end, () => {
      stop();
      timer = 0;
    });
}

/** acceptDrops: takes files that are dropped on an element. */
export function acceptDrops(target: HTMLElement, take: (files: File[]) => unknown): void {
  const mark = (over: boolean) => (event: DragEvent) => {
    event.preventDefault();
    target.classList.toggle("over", over);
  };
  target.addEventListener("dragover", mark(true));
  target.addEventListener("dragleave", mark(false));
  target.addEventListener("drop", (event) => {
    mark(false)(event);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
