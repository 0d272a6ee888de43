// Web workers: browsers, Deno, and nothing where there are none. Loaded on demand, as few programs ask for one.

import type { StartThread } from "./thread.js";

export const startThread: StartThread = async (...given) => (await import("./webThread.js")).startThread(...given);
