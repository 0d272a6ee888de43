// Pauses between slices of work.

/**
 * Lets the host do what waits, such as painting and input. Timers would cost 4 ms each in a page, so they are the last
 * choice, of isolates that have no channels.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else if (typeof MessageChannel === "function") {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(0);
    } else setTimeout(resolve);
  });
}
