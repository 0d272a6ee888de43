// Driving a search: a generator that yields what the host has to do, so that one code serves calls that wait for
// promises and calls that must not.

import { yieldToHost } from "../engine/yieldToHost.js";

/** What a search yields: a call of the user's, which may answer a promise, or null to yield to the host. */
export type Search<T> = Generator<(() => unknown) | null, T, unknown>;

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === "object" && typeof (value as { then?: unknown }).then === "function";
}

/** Runs a search to its end; promises are refused. */
export function runSync<T>(where: string, search: Search<T>): T {
  try {
    let turn = search.next();
    while (!turn.done) {
      const answer = turn.value?.();
      if (isPromise(answer))
        throw new TypeError(`${where}: a function answered a promise. Use minimize, and await it.`);
      turn = search.next(answer);
    }
    return turn.value;
  } finally {
    search.return(undefined as T);
  }
}

/** Runs a search to its end, waiting for what its functions answer. */
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
      const answer = call();
      turn = search.next(isPromise(answer) ? await answer : answer);
    }
    return turn.value;
  } finally {
    search.return(undefined as T);
  }
}
