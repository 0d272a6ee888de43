// A worker as an engine's host offers it, whatever the host calls it. What the two sides say is up to the protocol.

import type { UrlObject } from "./globals.js";

export interface Thread {
  post(request: object, transfer: readonly ArrayBuffer[]): void;
  end(): void;
}

export interface ThreadEvents {
  reply(reply: object): void;
  /** The worker could not be started, or died. */
  failed(reason: string): void;
}

/**
 * Starts a worker from its source, or from the file at `url` where the host loads one; null where the host has none.
 */
export type StartThread = (
  source: string,
  url: string | UrlObject | null,
  events: ThreadEvents,
) => Promise<Thread | null>;

/** Loads what starts them, when a program asks for one. */
export type Threads = () => Promise<{ readonly startThread: StartThread }>;
