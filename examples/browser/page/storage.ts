/** Storage of a trained network: in the browser, or in a file. */

import { createStore, get, set } from "idb-keyval";

const LATEST = "latest";
/** Opened at the first use, as a browser may forbid it. */
const SAVES = createStore("thalweg-digits", "saves");

export interface Save {
  /** Absent in saves of pages that had the dense network alone. */
  network?: string;
  method: string;
  /** Absent in saves of pages that had no augmentation. */
  augmented?: boolean;
  bytes: Uint8Array;
}

/**
 * keep: puts a save into the browser.
 *
 * @throws {Error} if the storage is full or forbidden; the sentence says what to do
 */
export async function keep(save: Save): Promise<void> {
  try {
    await set(LATEST, save, SAVES);
  } catch (cause) {
    const full = cause instanceof DOMException && cause.name === "QuotaExceededError";
    const reason = full ? "its storage is full" : `it refuses (${cause instanceof Error ? cause.message : cause})`;
    throw new Error(`The browser could not keep the network: ${reason}. Download the file instead.`, { cause });
  }
}

/** kept: what was put last, or nothing. */
export async function kept(): Promise<Save | null> {
  try {
    return (await get<Save>(LATEST, SAVES)) ?? null;
  } catch {
    return null; // a browser that keeps nothing has kept nothing
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
