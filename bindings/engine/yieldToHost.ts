// Yielding to the host between slices of work.

/**
 * Yields to the host, so that pending tasks such as painting and input can run. Timers are the last choice, as each costs
 * 4 ms in a page. Features are tested by calling them, because the edge runtime of Next.js has stubs that throw.
 */
export function yieldToHost(): Promise<void> {
  return new Promise((resolve) => {
    try {
      setImmediate(resolve);
      return;
    } catch {}
    try {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    } catch {
      setTimeout(resolve);
    }
  });
}
