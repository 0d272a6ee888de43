// Functions that the sources mark as needing more than the feature set "dense": see bindings/engine/featureSets.ts.

import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../bindings/", import.meta.url);

/** Names of the functions marked imagesOnly, sequencesOnly or wholeOnly, in sources whose path in bindings/ begins with `folder`. */
export function markedFunctions(mark: "images" | "sequences" | "whole", folder = ""): string[] {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" });
  const marked = new RegExp(
    `^export const (\\w+)(?:: \\w+)? = /\\* @__PURE__ \\*/ ${mark}Only\\(function \\1\\b`,
    "gm",
  );
  return paths
    .filter((path) => path.startsWith(folder) && path.endsWith(".ts"))
    .flatMap((path) => Array.from(readFileSync(new URL(path, root), "utf8").matchAll(marked), ([, name]) => name!));
}
