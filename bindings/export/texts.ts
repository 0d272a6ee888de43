// Labels and metadata of files.

import { isRecord, shown, wrongKind } from "../values/options.js";

/** Checks that there is a label for each class: for each number of the last axis, or two if there is a single one. */
export function checkLabels(where: string, labels: unknown, output: readonly number[]): void {
  if (labels === undefined) return;
  if (!Array.isArray(labels) || !labels.every((label) => typeof label === "string"))
    throw wrongKind(where, "labels", "an array of texts", labels, '["cat", "dog"]');
  const count = output.at(-1) ?? 1;
  const wanted = count === 1 ? 2 : count;
  if (labels.length !== wanted)
    throw new RangeError(
      `${where}: got ${labels.length} labels, expected ${wanted}, as the output is [${output.join(", ")}]. Give one for each class.`,
    );
}

/** Checks that metadata are texts by name. */
export function checkMetadata(where: string, metadata: unknown): void {
  if (metadata === undefined) return;
  if (!isRecord(metadata) || Array.isArray(metadata))
    throw wrongKind(where, "metadata", "texts by name", metadata, '{ source: "digits" }');
  for (const [name, text] of Object.entries(metadata))
    if (typeof text !== "string")
      throw new TypeError(`${where}: metadata "${name}" must be a text, got ${shown(text)}. Try JSON.stringify.`);
}
