// UTF-8 with functions of the language only, as jsdom has neither TextEncoder nor TextDecoder. In between, each byte is a
// character of a string.

/** Encodes a well-formed string. */
export function encodeUtf8(text: string): Uint8Array {
  const letters = text.replace(/[\x80-\uffff]+/g, (run) =>
    encodeURIComponent(run).replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = letters.charCodeAt(k);
  return bytes;
}

/** Decodes bytes; throws URIError if they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  let letters = "";
  for (let k = 0; k < bytes.length; k += 4096) letters += String.fromCharCode(...bytes.subarray(k, k + 4096));
  return letters.replace(/[\x80-\xff]+/g, (run) =>
    decodeURIComponent(run.replace(/./g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)),
  );
}
