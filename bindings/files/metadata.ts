// Texts of users in a safetensors file, beside what the library keeps there.

import { isRecord, wrongKind } from "../values/options.js";
import { fileOf, parseSafetensors } from "./safetensors.js";

/** Beginning of the names of users' texts, which no name of a checkpoint has. */
const prefix = "user.";

/**
 * Returns a file with named texts in its metadata, beside what is there already; texts of the same names are replaced.
 * `trainer.restore` accepts the file as before, so that a coding of tables or the names of classes travel with a model.
 *
 * @param file   bytes of a safetensors file, such as `trainer.save()`; they are not changed
 * @param texts  texts by name
 * @throws TypeError   file is not a Uint8Array, or a value is not text
 * @throws RangeError  the file is damaged, or the metadata exceed 100 MB
 * @example
 * const file = withMetadata(trainer.save(), { classes: "gull tern" });
 * readMetadata(file); // { "classes": "gull tern" }
 */
export function withMetadata(file: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array {
  const where = "withMetadata";
  const { tensors, metadata } = parseSafetensors(where, file);
  if (!isRecord(texts) || Array.isArray(texts)) throw wrongKind(where, "texts", "texts by name", texts);
  const own = Object.entries(texts).map(([name, text]) => {
    if (typeof text !== "string") throw wrongKind(where, `"${name}"`, "text", text, "JSON.stringify(it)");
    return [prefix + name, text] as const;
  });
  const entries = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
  entries.sort((a, b) => a.bytes.byteOffset - b.bytes.byteOffset);
  return fileOf(where, entries, { ...metadata, ...Object.fromEntries(own) });
}

/**
 * Returns the texts that `withMetadata` has put into a file, by name.
 *
 * @param file  bytes of a safetensors file
 * @throws TypeError   file is not a Uint8Array
 * @throws RangeError  the file is damaged
 * @example
 * readMetadata(withMetadata(trainer.save(), { unit: "mm" })).unit; // "mm"
 */
export function readMetadata(file: Uint8Array): Record<string, string> {
  return textsOf(parseSafetensors("readMetadata", file).metadata);
}

/** Returns the texts of users among the metadata of a file. @internal */
export function textsOf(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([name, text]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [],
    ),
  );
}
