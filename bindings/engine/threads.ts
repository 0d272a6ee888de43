// Workers, independent of the host's own interface. The messages are those of training/worker/protocol.ts.

import type { UrlObject } from "./globals.js";

/** Running worker. */
export interface Thread {
  post(request: object, transfer: readonly ArrayBuffer[]): void;
  /**
   * Called with true while the worker waits for another run, and then must not keep the program from ending; missing where
   * that cannot be had.
   */
  rest?(rests: boolean): void;
  end(): void;
}

/** Callbacks for messages and failures of a worker. */
export interface ThreadEvents {
  reply(reply: object): void;
  /** Called if the worker could not be started or has died. */
  failed(reason: string): void;
}

/** Starts a worker from its source, or from the file at `url` where the host needs one; null if there are no workers. */
export type StartThread = (
  source: string,
  url: string | UrlObject | null,
  events: ThreadEvents,
) => Promise<Thread | null>;

/** Loads the function that starts workers, on first use. */
export type Threads = () => Promise<{ readonly startThread: StartThread }>;
