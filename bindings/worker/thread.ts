// A worker as a run sees it, whatever the host calls it.

import type { Address } from "../globals.js";
import type { Reply, Request } from "./protocol.js";

export interface Thread {
  post(request: Request, transfer: readonly ArrayBuffer[]): void;
  end(): void;
}

export interface ThreadEvents {
  reply(reply: Reply): void;
  /** The worker could not be started, or died. */
  failed(reason: string): void;
}

/**
 * Starts a worker from its source, or from the file at `url` where the host loads one; null where the host has none.
 */
export type StartThread = (
  source: string,
  url: string | Address | null,
  events: ThreadEvents,
) => Promise<Thread | null>;

/** Loads what starts them, when a program asks for one. */
export type Threads = () => Promise<{ readonly startThread: StartThread }>;
