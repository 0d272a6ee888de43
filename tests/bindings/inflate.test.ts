// The inflater of the embedded core against zlib's deflate.

import { readFileSync } from "node:fs";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inflate } from "../../bindings/hosts/inflate.js";

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_DEFAULT_STRATEGY } = constants;
const kinds = {
  "stored blocks": { level: 0 },
  "the fixed code": { strategy: Z_FIXED },
  "codes of its own": { level: 9, strategy: Z_DEFAULT_STRATEGY },
  "codes without repetitions": { strategy: Z_HUFFMAN_ONLY },
};

describe.each(Object.entries(kinds))("inflate, %s", (_, options) => {
  it("gives back what zlib packed", () => {
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.nat(3)), { maxLength: 2000 }).map((list) => Uint8Array.from(list));
    const twice = fc.tuple(bytes, fc.nat(3)).map(([part, times]) => Buffer.concat(Array(times + 1).fill(part)));
    fc.assert(
      fc.property(twice, (input) => {
        expect(Buffer.compare(inflate(deflateRawSync(input, options), input.length), input)).toBe(0);
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("gives back long runs, far repetitions and several blocks", () => {
    const far = Buffer.alloc(32768, "thalweg, far back");
    for (let k = 0; k < far.length; k++) far[k] = (far[k]! + k * k) & 255;
    const input = Buffer.concat([far, Buffer.alloc(100_000), far, far.subarray(1)]);
    expect(Buffer.compare(inflate(deflateRawSync(input, options), input.length), input)).toBe(0);
  });
});

it("refuses a stream that was cut, wherever that was", () => {
  const packed = deflateRawSync(Buffer.from("a stream of some length, with repetitions, repetitions"));
  for (let length = 0; length < packed.length; length++)
    expect(() => inflate(packed.subarray(0, length), 54)).toThrow("inflate: the stream ends too early.");
});

it("gives back the core", () => {
  const core = readFileSync("dist/thalweg.wasm");
  expect(Buffer.compare(inflate(deflateRawSync(core, { level: 9 }), core.length), core)).toBe(0);
});
