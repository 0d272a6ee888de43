/** Values that a page keeps in the browser, by name, and files that it hands to a person. */

import { createStore, del, entries, set } from "idb-keyval";

/** Reason of a failure, as part of a sentence. */
const reasonOf = (cause: unknown): string => {
  if (cause instanceof DOMException && cause.name === "QuotaExceededError") return "its storage is full";
  return `it refuses (${cause instanceof Error ? cause.message : cause})`;
};

let requested = false;

/** Requests, once, that the browser does not clear what is kept when space is short; Firefox shows a question for it. */
async function persist(): Promise<void> {
  if (requested) return;
  requested = true;
  if (!(await navigator.storage?.persisted?.())) await navigator.storage?.persist?.();
}

/** A shelf of the browser, with values of one kind. The database is opened at the first use, as a browser may forbid it. */
export class Shelf<T> {
  readonly #store;

  constructor(database: string) {
    this.#store = createStore(database, "saves");
  }

  /**
   * Keeps a value, in place of what had its name.
   *
   * @throws {Error} the storage is full or forbidden, and what was there still is; the sentence says what to do
   */
  async put(name: string, value: T): Promise<void> {
    try {
      await set(name, value, this.#store);
    } catch (cause) {
      throw new Error(`The browser could not keep it: ${reasonOf(cause)}. Download the file instead.`, { cause });
    }
    void persist().catch(() => {}); // it is kept all the same, for as long as the browser has space
  }

  /**
   * All that is kept, in the order of names.
   *
   * @throws {Error} the browser keeps nothing, as some do in private windows
   */
  async all(): Promise<[name: string, value: T][]> {
    try {
      return await entries<string, T>(this.#store);
    } catch (cause) {
      throw new Error(`This browser keeps nothing: ${reasonOf(cause)}. Download the file instead.`, { cause });
    }
  }

  /** Removes a value. */
  remove(name: string): Promise<void> {
    return del(name, this.#store);
  }
}

/** download: hands a file to the person. */
export function download(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
