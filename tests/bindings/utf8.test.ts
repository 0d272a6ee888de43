// UTF-8 against TextEncoder and TextDecoder.

import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../bindings/files/utf8.js";

const seed = { seed: 11, numRuns: 1000 };
const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string());
const plain = (bytes: Uint8Array): number[] => Array.from(bytes);

it("encodes as TextEncoder does, percent signs and all", () => {
  fc.assert(
    fc.property(text, (t) => {
      expect(plain(encodeUtf8(t))).toEqual(plain(new TextEncoder().encode(t)));
    }),
    seed,
  );
  expect(plain(encodeUtf8("50 %41"))).toEqual(plain(new TextEncoder().encode("50 %41")));
});

it("decodes as TextDecoder does, and refuses what that refuses", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const attempt = (decode: (bytes: Uint8Array) => string, bytes: Uint8Array): string | null => {
    try {
      return decode(bytes);
    } catch {
      return null;
    }
  };
  const same = (bytes: Uint8Array): void => {
    expect(attempt(decodeUtf8, bytes)).toBe(attempt((b) => decoder.decode(b), bytes));
  };
  fc.assert(
    fc.property(text, (t) => same(new TextEncoder().encode(t))),
    seed,
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 6 }), same), { ...seed, numRuns: 5000 });
  // Overlong, a surrogate, above U+10FFFF, cut, a byte order mark, a percent sign before digits.
  const odd = [
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0xef, 0xbb, 0xbf],
    [37, 52, 49],
  ];
  for (const bytes of odd) same(Uint8Array.from(bytes));
});
