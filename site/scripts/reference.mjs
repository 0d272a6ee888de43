// Writes the reference to site/reference from the package's declarations, which hold the docstrings of bindings/: a page a
// member, a page a topic, and reference.json with the sidebar of each topic for VitePress.
// Usage: node site/scripts/reference.mjs, after node scripts/prepare.mjs package.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Application, Comment } from "typedoc";
import { completeExamples } from "./examples.mjs";
import { isType, topicOf } from "./topics.mjs";

/** Topics in the order of the index: room, title, what it holds. Rooms that are not named here follow. */
const topics = [
  ["engine", "Engine", "The engine, its options, and the core that it runs."],
  ["training", "Training", "Trainers, runs of `fit`, evaluation, prediction, checkpoints, early stopping."],
  ["layers", "Layers", "Layers, activations, recurrent layers, networks and initializers."],
  ["models", "Models", "Whole models: a linear classifier, a multilayer perceptron, nearest neighbors."],
  ["losses", "Losses and metrics", "Losses of classes and values, metrics."],
  ["optimizers", "Optimizers", "Update rules, wrappers, gradient transforms, penalties, constraints, averages."],
  ["schedules", "Schedules", "Laws h(t) of learning rates and other numbers of an optimizer."],
  ["data", "Data sets", "Data sets, splits, scaling."],
  ["augmentation", "Augmentation", "Random changes of images and samples."],
  ["images", "Images", "Images of files and pages as rows of numbers."],
  ["table", "Tables", "Tables of numbers and words, CSV files, windows of time series."],
  ["text", "Text", "Tokenizers, windows of tokens, edits of texts in training."],
  ["tensors", "Tensors", "Operations of traced functions, compilation."],
  ["derivatives", "Derivatives", "Gradients, Jacobians, Hessians, and their checks."],
  ["minimizers", "Minimizers", "Minimization of functions, line searches, fits of curves."],
  ["curvature", "Curvature", "Second derivatives of losses: eigenvalues, surfaces, critical points."],
  ["linalg", "Linear algebra", "Factorizations, eigenvalues and systems of equations."],
  ["plot", "Plots", "Charts as data, as SVG text and in a page."],
  ["dashboard", "Dashboard", "Curves, progress and controls of runs in a page."],
  ["inspect", "Inspection", "Programs, plans, times of operations, diagnosis of a training."],
  ["export", "Export", "Trained models as ONNX files and as modules of PyTorch."],
  ["load", "Models from files", "A model from the file of a trainer, without the program that trained it."],
  ["import", "Weights from elsewhere", "Weights of PyTorch, Hugging Face, TensorFlow.js and Keras."],
  ["files", "Files", "Files of tensors."],
  ["values", "Arrays and errors", "Arrays that go in and out, and the errors of the library."],
];

process.chdir(join(import.meta.dirname, ".."));
const settings = JSON.parse(readFileSync("typedoc.json", "utf8"));
const { out } = settings;

/** Entries of the package: file of declarations to name, such as thalweg/plot. */
const entries = new Map();
for (const [path, { types }] of Object.entries(JSON.parse(readFileSync("../package.json", "utf8")).exports))
  if (types && !entries.has(types)) entries.set(types, path.replace(/^\./, "thalweg"));

rmSync(out, { recursive: true, force: true });
const entryPoints = [...entries.keys()].map((types) => join("..", types));
const app = await Application.bootstrapWithPlugins({ ...settings, entryPoints });
const project = await app.convert();
if (!project) process.exit(1);
// A module is called as its entry; those whose members another entry has are left out.
for (const module of [...project.children]) {
  if (!module.children) project.removeReflection(module);
  const file = [...entries.keys()].find((types) => types.replace(/(\/index)?\.d\.ts$/, "").endsWith(`/${module.name}`));
  module.name = entries.get(file);
}
completeExamples(project);
app.validate(project);
await app.generateOutputs(project);
writeTopics();
// A warning is a type that is named but has no page, or a link that leads nowhere.
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;

/** Writes the page of each topic, that of all topics, and the sidebars. */
function writeTopics() {
  const byName = (a, b) => a.name.localeCompare(b.name, "en");
  const members = project.children.flatMap(({ children }) => children).sort(byName);
  const rooms = new Set([...topics.map(([room]) => room), ...members.map(topicOf)]);
  const sidebar = {};
  const index = [];
  for (const room of rooms) {
    const own = members.filter((member) => topicOf(member) === room);
    if (own.length === 0) continue;
    const [, title = room[0].toUpperCase() + room.slice(1), words = ""] = topics.find(([name]) => name === room) ?? [];
    const values = own.filter((member) => !isType(member));
    const types = own.filter(isType);
    const link = (member) => `${isType(member) ? "types/" : ""}${member.name}`;
    const base = `/reference/${room}/`;
    const items = (list) => list.map((member) => ({ text: member.name, link: link(member) }));
    sidebar[base] = [
      { text: "All topics", link: "/reference/" },
      { text: title, base, items: [{ text: "Overview", link: "index" }, ...items(values)] },
      // A group that closes has an address: without one, its title would be a button around another.
      ...(types.length > 0
        ? [{ text: "Types", link: link(types[0]), base, collapsed: true, items: items(types) }]
        : []),
    ];
    index.push({ room, title, words });
    const rows = (list) =>
      list.map((member) => `| [\`${member.name}\`](${link(member)}.md) | ${firstSentence(member)} |`);
    const part = (heading, list) =>
      list.length > 0 ? ["", `## ${heading}`, "", "| name | meaning |", "| --- | --- |", ...rows(list)] : [];
    const page = [`# ${title}`, "", words, ...part("Functions and values", values), ...part("Types", types), ""];
    writeFileSync(join(out, room, "index.md"), page.join("\n"));
  }
  const lines = index.map(({ room, title, words }) => `| [${title}](${room}/index.md) | ${words} |`);
  const page = ["# Reference", "", "| topic | what it holds |", "| --- | --- |", ...lines, ""];
  writeFileSync(join(out, "index.md"), page.join("\n"));
  sidebar["/reference/"] = [
    { text: "Reference", items: index.map(({ room, title }) => ({ text: title, link: `/reference/${room}/` })) },
  ];
  writeFileSync(join(out, "sidebar.json"), `${JSON.stringify(sidebar, null, 1)}\n`);
}

/** First sentence of a member, for the cell of a table. */
function firstSentence(member) {
  const comment = member.comment ?? member.signatures?.find(({ comment }) => comment)?.comment;
  const text = Comment.combineDisplayParts(comment?.summary)
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, " ");
  const [sentence] = /^.*?[^.]\.(?= [A-Z]|$)/.exec(text) ?? [text];
  return sentence.replace(/(`[^`]*`)|[<>{}|]/g, (found, code) => code ?? `\\${found}`);
}
