/** Storage of a trained network: in the browser, or in a file. */

const STORE = "saves";
const LATEST = "latest";

export interface Save {
  /** Absent in saves of pages that had the dense network alone. */
  network?: string;
  method: string;
  /** Absent in saves of pages that had no augmentation. */
  augmented?: boolean;
  bytes: Uint8Array;
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function store<T>(mode: IDBTransactionMode, body: (saves: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open("thalweg-digits", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await request(opening);
  try {
    const transaction = database.transaction(STORE, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    done.catch(() => {}); // the request says it first
    const answer = await request(body(transaction.objectStore(STORE)));
    await done;
    return answer;
  } finally {
    database.close();
  }
}

/**
 * keep: puts a save into the browser.
 *
 * @throws {Error} if the storage is full or forbidden; the sentence says what to do
 */
export async function keep(save: Save): Promise<void> {
  try {
    await store("readwrite", (saves) => saves.put(save, LATEST));
  } catch (cause) {
    const full = cause instanceof DOMException && cause.name === "QuotaExceededError";
    const reason = full ? "its storage is full" : `it refuses (${cause instanceof Error ? cause.message : cause})`;
    throw new Error(`The browser could not keep the network: ${reason}. Download the file instead.`, { cause });
  }
}

/** kept: what was put last, or nothing. */
export async function kept(): Promise<Save | null> {
  try {
    return ((await store("readonly", (saves) => saves.get(LATEST))) as Save | undefined) ?? null;
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
