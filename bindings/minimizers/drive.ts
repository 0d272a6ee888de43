// Drivers of searches. A search is a generator that yields each call of a user's function, so that the same code serves
// the synchronous and the asynchronous entry.

import { yieldToHost } from "../engine/yieldToHost.js";

/**
 * Search for a minimum. Yields calls of the user's functions, which may return promises, or null to yield to the host.
 */
export type Search<T> = Generator<(() => unknown) | null, T, unknown>;

/** True if a function returned a promise. @internal */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === "object" && typeof (value as { then?: unknown }).then === "function";
}

/** Runs a search to its end; throws if a function returns a promise. */
export function runSync<T>(where: string, search: Search<T>): T {
  try {
    let turn = search.next();
    while (!turn.done) {
      const result = turn.value?.();
      if (isPromise(result))
        throw new TypeError(`${where}: a function returned a promise. Use minimize, and await it.`);
      turn = search.next(result);
    }
    return turn.value;
  } finally {
    search.return(undefined as T);
  }
}

/** Runs a search to its end and awaits the promises of its functions. */
export async function runAsync<T>(search: Search<T>): Promise<T> {
  try {
    let turn = search.next();
    while (!turn.done) {
      const call = turn.value;
      if (call === null) {
        await yieldToHost();
        turn = search.next();
        continue;
      }
      const result = call();
      turn = search.next(isPromise(result) ? await result : result);
    }
    return turn.value;
  } finally {
    search.return(undefined as T);
  }
}
