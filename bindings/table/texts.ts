// Texts of a stream, as they come.

import { has, shown, wrongKind } from "../values/options.js";

/** Bytes or text in chunks: an AsyncIterable such as a ReadableStream or a file of Node, a reader's stream, or a Blob. */
export type TableStream =
  | AsyncIterable<Uint8Array | string>
  | {
      /** Returns the reader of a ReadableStream. */
      getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array | string | undefined }>; cancel(): unknown };
    }
  | {
      /** Bytes of a Blob. */
      readonly size: number;
      /** Media type of a Blob. */
      readonly type: string;
      /** Returns a promise of the bytes of a Blob. */
      arrayBuffer(): Promise<ArrayBuffer>;
    };

type Chunk = Uint8Array | string;

/** Chunks of a stream; Safari's streams are no iterables, but have a reader. */
async function* chunksOf(where: string, source: unknown): AsyncGenerator<Chunk> {
  if (has(source, "stream") && !has(source, "getReader") && typeof (source as Blob).stream === "function") {
    yield* chunksOf(where, (source as Blob).stream());
    return;
  }
  if (has(source, "getReader") && typeof (source as ReadableStream).getReader === "function") {
    const reader = (source as ReadableStream<Chunk>).getReader();
    let finished = false;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        finished = done;
        if (done) return;
        yield value as Chunk;
      }
    } finally {
      try {
        if (!finished) await reader.cancel();
      } catch {} // the error that ended the reading counts
    }
  }
  const iterable = source as AsyncIterable<Chunk>;
  if (!has(source) || typeof iterable[Symbol.asyncIterator] !== "function")
    throw wrongKind(where, "source", "records, CSV text, or a stream of bytes or text", source, "response.body");
  yield* iterable;
}

/** Texts of a stream of bytes or texts for the function `where`. */
export async function* textsOf(where: string, source: TableStream, encoding = "utf-8"): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return (decoder as TextDecoder).decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new RangeError(
        `${where}: the bytes are not ${encoding}. Give the encoding of the file, such as { encoding: "windows-1252" }.`,
      );
    }
  };
  let count = 0;
  for await (const chunk of chunksOf(where, source)) {
    count++;
    if (typeof chunk === "string") yield chunk;
    else if (Object.prototype.toString.call(chunk) === "[object Uint8Array]") {
      decoder ??= decoderOf(where, encoding);
      yield decoded(chunk);
    } else throw new TypeError(`${where}: chunk ${count} is ${shown(chunk)}, expected a Uint8Array or text.`);
  }
  if (decoder) yield decoded();
}

function decoderOf(where: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new RangeError(`${where}: this host knows no encoding ${shown(encoding)}. Try "utf-8".`);
  }
}
