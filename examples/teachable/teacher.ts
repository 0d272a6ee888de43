/** The page's side of the worker. */

import type { Example, Progress } from "./head.js";

export type Request =
  | { kind: "open"; length: number }
  | { kind: "arrange"; places: readonly number[]; examples: readonly Example[] }
  | { kind: "add"; example: Example }
  | { kind: "predict"; features: Float32Array }
  | { kind: "save" }
  | { kind: "restore"; file: Uint8Array };

export type Reply = { progress: Progress } | { id: number; result: unknown } | { id: number; error: string };

/** The head in its worker: methods as those of Head, each with its result later. */
export class Teacher {
  readonly #worker = new Worker("./worker.js", { type: "module" });
  readonly #waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  #asked = 0;

  /**
   * @param length numbers that describe a picture
   * @param fail   called if the worker cannot be started, or ends
   */
  constructor(length: number, report: (progress: Progress) => void, fail: (error: Error) => void) {
    this.#worker.addEventListener("error", () =>
      fail(new Error("The worker that trains has stopped. Reload the page: what it had learned was kept.")),
    );
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      if ("progress" in data) return report(data.progress);
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new Error(data.error));
      else waiting?.resolve(data.result as never);
    });
    this.#ask({ kind: "open", length }).catch(fail);
  }

  #ask<T>(request: Request): Promise<T> {
    const id = this.#asked++;
    this.#worker.postMessage({ id, request });
    return new Promise<T>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  arrange(places: readonly number[], examples: readonly Example[]): Promise<void> {
    return this.#ask({ kind: "arrange", places, examples });
  }

  add(example: Example): Promise<void> {
    return this.#ask({ kind: "add", example });
  }

  predict(features: Float32Array): Promise<number[] | null> {
    return this.#ask({ kind: "predict", features });
  }

  save(): Promise<Uint8Array | null> {
    return this.#ask({ kind: "save" });
  }

  restore(file: Uint8Array): Promise<void> {
    return this.#ask({ kind: "restore", file });
  }
}
