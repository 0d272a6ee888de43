// Decompression of deflate streams (RFC 1951). Part of the embedded copy of the core, because not every host has
// DecompressionStream: jsdom lacks it, and the edge runtime of Next.js has a stub that throws.

/** Huffman code: the number of codes of each length, and the symbols in the order of their codes (3.2.2). */
interface Code {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

const longest = 15;

function codeOf(lengths: readonly number[]): Code {
  const symbolsOf = (length: number): number[] => lengths.flatMap((own, symbol) => (own === length ? [symbol] : []));
  const byLength = Array.from({ length: longest + 1 }, (_, length) => (length === 0 ? [] : symbolsOf(length)));
  return { counts: byLength.map((symbols) => symbols.length), symbols: byLength.flat() };
}

const repeated = (...runs: [length: number, count: number][]): number[] =>
  runs.flatMap(([length, count]) => Array<number>(count).fill(length));

/** Code lengths of blocks with fixed codes (3.2.6). */
const fixed = {
  literals: repeated([8, 144], [9, 112], [7, 24], [8, 8]),
  distances: repeated([5, 30]),
};

/** Order of the code lengths of the code length alphabet (3.2.7). */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The packed bytes, read bit by bit. */
class BitStream {
  readonly #packed: Uint8Array;
  /** In bits. */
  #position = 0;

  constructor(packed: Uint8Array) {
    this.#packed = packed;
  }

  bit(): number {
    const byte = this.#packed[this.#position >> 3];
    if (byte === undefined) throw new RangeError("inflate: the stream ends too early.");
    return (byte >> (this.#position++ & 7)) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let k = 0; k < count; k++) value |= this.bit() << k;
    return value;
  }

  symbol({ counts, symbols }: Code): number {
    let place = 0; // among the codes of this length
    let shorter = 0; // number of shorter codes
    for (let length = 1; length <= longest; length++) {
      const count = counts[length] as number;
      place = 2 * place + this.bit();
      if (place < count) return symbols[shorter + place] as number;
      place -= count;
      shorter += count;
    }
    throw new RangeError("inflate: the stream is damaged.");
  }

  /** The bytes of a stored block, from the next whole byte on (3.2.4). */
  stored(): Uint8Array {
    const packed = this.#packed;
    const start = (this.#position + 7) >> 3;
    const length = (packed[start] as number) | ((packed[start + 1] as number) << 8);
    this.#position = (start + 4 + length) * 8;
    return packed.subarray(start + 4, start + 4 + length);
  }
}

/** Reads the code lengths of literals and distances of a block (3.2.7). */
function readLengths(stream: BitStream): { literals: number[]; distances: number[] } {
  const literals = stream.bits(5) + 257;
  const count = literals + stream.bits(5) + 1;
  const own = repeated([0, 19]);
  for (const place of lengthOrder.slice(0, stream.bits(4) + 4)) own[place] = stream.bits(3);
  const code = codeOf(own);
  const lengths: number[] = [];
  while (lengths.length < count) {
    const next = stream.symbol(code);
    if (next < 16) lengths.push(next);
    else if (next === 16) lengths.push(...repeated([lengths.at(-1) as number, stream.bits(2) + 3]));
    else lengths.push(...repeated([0, next === 17 ? stream.bits(3) + 3 : stream.bits(7) + 11]));
  }
  return { literals: lengths.slice(0, literals), distances: lengths.slice(literals) };
}

/** Writes a coded block behind the bytes written so far; returns how many are written then. */
function writeCoded(stream: BitStream, out: Uint8Array, from: number, lengths: typeof fixed): number {
  const literals = codeOf(lengths.literals);
  const distances = codeOf(lengths.distances);
  let written = from;
  for (let next = stream.symbol(literals); next !== 256; next = stream.symbol(literals)) {
    if (next < 256) {
      out[written++] = next;
      continue;
    }
    // Four lengths, and two distances, share each count of extra bits (3.2.5).
    const k = next - 257;
    const long = k < 8 ? 0 : (k >> 2) - 1;
    const length = k < 8 ? k + 3 : k === 28 ? 258 : ((4 + (k & 3)) << long) + 3 + stream.bits(long);
    const d = stream.symbol(distances);
    const far = d < 2 ? 0 : (d >> 1) - 1;
    const distance = d < 2 ? d + 1 : ((2 + (d & 1)) << far) + 1 + stream.bits(far);
    for (const end = written + length; written < end; written++) out[written] = out[written - distance] as number;
  }
  return written;
}

/** Decompresses a raw deflate stream to `size` bytes. */
export function inflate(packed: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  const stream = new BitStream(packed);
  let written = 0;
  for (let last = 0; last === 0; ) {
    last = stream.bit();
    const kind = stream.bits(2);
    if (kind === 0) {
      const bytes = stream.stored();
      out.set(bytes, written);
      written += bytes.length;
    } else written = writeCoded(stream, out, written, kind === 1 ? fixed : readLengths(stream));
  }
  return out;
}
