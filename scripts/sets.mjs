// Feature sets of the engine, each a file that a program can download. Every set holds all of the first, and the files of
// registered classes that it names here, by kind; the last one has every file. Programs download the smallest
// that has what they name: see bindings/engine/featureSets.ts.

export const sets = [
  {
    name: "dense", // assembly/<name>.ts is the entry of its engine, <target> its flags in asconfig.json
    target: "dense",
    file: "thalweg.dense.wasm",
    op:
      "activation along arithmetic comparison distribution elementwise gated indexing movement normalization product random reduction " +
      "source transcendental",
    rule: "adam momentum rmsprop sgd",
    transform: "clipGlobalNorm clipNorm clipValue",
  },
  { name: "images", target: "images", file: "thalweg.images.wasm", op: "convolution pooling warp" },
  {
    name: "sequences",
    target: "sequences",
    file: "thalweg.sequences.wasm",
    op: "batchRows scan touchedRows",
    rule: "rows",
  },
  { name: "whole", target: "release", file: "thalweg.wasm" },
];

/** Name of the smallest set that holds a file of a kind. All hold every schedule, as a checkpoint or a description may name any. */
export function setOf(kind, file) {
  if (kind === "schedule") return sets[0].name;
  const holds = (set) => set[kind]?.split(" ").includes(file);
  return (sets.find(holds) ?? sets.at(-1)).name;
}
