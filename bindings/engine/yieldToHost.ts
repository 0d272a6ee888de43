// Pauses between slices of work.

/**
 * Lets the host do what waits, such as painting and input. Timers would cost 4 ms each in a page, so they are the last
 * choice. What a host has is tried by calling it: the edge runtime of Next.js has stubs that throw.
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
