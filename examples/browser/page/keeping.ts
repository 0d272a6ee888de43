/** The card of kept networks: keep one under a name, load, download and delete those that are kept, load a file. */

import { download, Shelf } from "./storage.js";

export interface Save {
  /** Absent in saves of pages that had the dense network alone. */
  network?: string;
  method: string;
  /** Absent in saves of pages that had no augmentation. */
  augmented?: boolean;
  /** Updates; absent in saves of pages that kept one network. */
  steps?: number;
  bytes: Uint8Array;
}

/** Functions of the page for the card. */
export interface Keeper {
  /** The chosen network, the name that it has unless another is given, and what to call once it is kept. */
  current(): { title: string; save: Save; saved(): void };
  load(save: Save | Uint8Array): Promise<void>;
  say(sentence: string): void;
  complain(error: unknown): void;
}

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const fileOf = (name: string): string => `${name.replace(/[^\p{L}\p{N}]+/gu, "-")}.safetensors`;

/** createKeeping: fills the card; nothing is read before it is called. */
export function createKeeping(keeper: Keeper): void {
  const shelf = new Shelf<Save>("thalweg-digits");
  const name = find<HTMLInputElement>("name");
  const list = find("kept");
  /** Does what a button says; what it throws is shown. */
  const act = async (body: () => unknown): Promise<void> => {
    keeper.complain("");
    try {
      await body();
    } catch (error) {
      keeper.complain(error);
    }
  };
  const on = (id: string, body: () => unknown): void => find(id).addEventListener("click", () => void act(body));

  const row = (title: string, save: Save): HTMLElement => {
    const item = document.createElement("li");
    const about = [
      `${(save.bytes.length / 1e6).toFixed(1)} MB`,
      ...(save.steps === undefined ? [] : [`${save.steps.toLocaleString("en")} updates`]),
    ];
    const label = document.createElement("p");
    const [bold, note] = [document.createElement("b"), document.createElement("span")];
    bold.textContent = title;
    note.className = "note";
    note.textContent = about.join(", ");
    label.append(bold, " ", note);
    const actions: [string, () => unknown][] = [
      ["Load", () => keeper.load(save)],
      ["Download", () => download(fileOf(title), save.bytes)],
      [
        "Delete",
        async () => {
          await shelf.remove(title);
          await refresh();
          keeper.say(`Deleted: ${title}.`);
          name.focus();
        },
      ],
    ];
    const buttons = actions.map(([word, body]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: word });
      button.setAttribute("aria-label", `${word} ${title}`);
      button.addEventListener("click", () => void act(body));
      return button;
    });
    item.append(label, ...buttons);
    return item;
  };

  async function refresh(): Promise<void> {
    const kept = await shelf.all();
    list.replaceChildren(...kept.map(([title, save]) => row(title, save)));
  }

  on("keep", async () => {
    const { title, save, saved } = keeper.current();
    const chosen = name.value.trim() || title;
    const before = list.childElementCount;
    await shelf.put(chosen, save);
    name.value = "";
    saved();
    await refresh();
    keeper.say(
      `Kept in this browser: ${chosen}${list.childElementCount === before ? ", in place of the earlier one" : ""}.`,
    );
  });
  on("download", () => {
    const { title, save, saved } = keeper.current();
    download(fileOf(name.value.trim() || title), save.bytes);
    saved();
  });
  const file = find<HTMLInputElement>("file");
  file.addEventListener("change", () =>
    act(async () => {
      const [chosen] = file.files ?? [];
      if (!chosen) return;
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      file.value = "";
      await keeper.load(bytes);
    }),
  );
  void refresh().catch((error: Error) => {
    find("shelf").textContent = error.message;
  });
}
