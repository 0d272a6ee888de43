// Which array of a file belongs to which part of a model: by names, which a map may change, else by kind, shapes and numbers.

import { sameShape } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { isRecord, nearest, wrongKind } from "../values/options.js";
import type { Layout, Source } from "./source.js";
import { joined } from "./walk.js";

/** Shapes of the arrays of a file by name. */
export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Arrays of a file by module, those that it lacks, and those of no layer. */
export interface Match {
  readonly matched: Map<Source, Map<string, string>>;
  /** Full names, as the library of the file would have them, of arrays that the file lacks. */
  readonly missing: string[];
  readonly unused: string[];
}

/** Returns the names of arrays as a map `{ theirs: ours }` changes them; a rule holds for a name and for all that begin with it. */
export function renaming(where: string, names: Readonly<Record<string, string>> = {}): (name: string) => string {
  if (!isRecord(names)) throw wrongKind(where, "names", "an object { theirs: ours }", names);
  const rules = Object.entries(names).map(([theirs, ours]) => {
    if (typeof ours !== "string") throw wrongKind(where, `names: "${theirs}"`, "a name", ours);
    const literal = theirs.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\/]/g, "\\$&"));
    return { pattern: new RegExp(`^${literal.join("([^./]+)")}(?=$|[./])`), ours };
  });
  return (name) => {
    for (const { pattern, ours } of rules) {
      const found = pattern.exec(name);
      if (!found) continue;
      let star = 0;
      const begin = ours.replaceAll("*", () => found[++star] ?? "*");
      const rest = name.slice(found[0].length);
      return begin === "" ? rest.slice(1) : begin + rest;
    }
    return name;
  };
}

/** The name of an array within its module as the layout has it. */
function keyIn({ pieces, aliases }: Source, key: string): string {
  return pieces.has(key) ? key : (aliases[key] ?? key);
}

/** Matches arrays by their names. */
export function matchByName(
  where: string,
  sources: readonly Source[],
  shapes: Shapes,
  rename: (name: string) => string,
): Match {
  const wanted = new Map<string, { source: Source; key: string }>();
  for (const source of sources)
    for (const key of [...source.pieces.keys(), ...Object.keys(source.aliases)])
      if (source.pieces.has(keyIn(source, key))) {
        const name = joined(source.path, key);
        if (source.pieces.has(key) || !wanted.has(name)) wanted.set(name, { source, key: keyIn(source, key) });
      }
  const matched: Match["matched"] = new Map(sources.map((source) => [source, new Map()]));
  const unused: string[] = [];
  for (const theirs of shapes.keys()) {
    const place = wanted.get(rename(theirs).replaceAll("/", "."));
    if (!place) {
      unused.push(theirs);
      continue;
    }
    const module = matched.get(place.source) as Map<string, string>;
    const other = module.get(place.key);
    if (other !== undefined)
      throw new RangeError(
        `${where}: "${other}" and "${theirs}" are both "${joined(place.source.path, place.key)}". Change names.`,
      );
    module.set(place.key, theirs);
  }
  const missing = sources.flatMap((source) =>
    [...source.pieces.keys()].filter((key) => !matched.get(source)?.has(key)).map((key) => joined(source.path, key)),
  );
  return { matched, missing, unused };
}

/** A module of the file: names of its arrays by their names within it. */
type Module = [name: string, arrays: Map<string, string>];

/** Arrays of a file by the part of their names before the last dot or slash. */
function modulesOf(shapes: Shapes): Module[] {
  const modules = new Map<string, Map<string, string>>();
  for (const name of shapes.keys()) {
    const at = Math.max(name.lastIndexOf("."), name.lastIndexOf("/"));
    const module = name.slice(0, Math.max(at, 0));
    const arrays = modules.get(module) ?? new Map<string, string>();
    modules.set(module, arrays.set(name.slice(at + 1), name));
  }
  return [...modules];
}

/** Shapes by name, as one text. */
function signature(shapes: readonly (readonly [string, readonly number[]])[]): string {
  return shapes
    .map(([key, shape]) => `${key} [${shape.join(", ")}]`)
    .sort()
    .join(", ");
}

const signatureOf = ({ pieces }: Source): string => signature([...pieces]);

/**
 * Orders names that differ only in their numbers; "dense" of Keras is before "dense_1".
 * @returns  null if they differ in words
 */
function byNumbers(modules: readonly Module[]): readonly Module[] | null {
  const numbered = modules.map((module) => [module[0].replace(/[^\d./](?=[./]|$)/g, "$&_0"), module] as const);
  if (new Set(numbered.map(([name]) => name.replace(/\d+/g, "#"))).size > 1) return null;
  const numbers = (name: string): number[] => (name.match(/\d+/g) ?? []).map(Number);
  numbered.sort(([a], [b]) => {
    const others = numbers(b);
    const differences = numbers(a).map((number, k) => number - (others[k] as number));
    return differences.find((difference) => difference !== 0) ?? 0;
  });
  return numbered.map(([, module]) => module);
}

const quoted = (names: readonly string[]): string => {
  const list = names.slice(0, 4).map((name) => `"${name}"`);
  if (names.length > 4) list.push(`${names.length - 4} more`);
  return list.length < 2 ? list.join() : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
};

/**
 * Matches modules whose arrays have the same names and shapes: if several have, in the order of the numbers in their names, or in
 * that of the file if it is known to be that of the layers.
 * @throws RangeError  several are alike, and their order is not known
 */
export function matchByShape(where: string, sources: readonly Source[], shapes: Shapes, ordered: boolean): Match {
  const aliases: Readonly<Record<string, string>> = Object.assign({}, ...sources.map((source) => source.aliases));
  const known = new Set(sources.flatMap(({ pieces }) => [...pieces.keys()]));
  const modules = modulesOf(shapes).map(
    ([name, arrays]): Module => [
      name,
      new Map([...arrays].map(([key, full]) => [known.has(key) ? key : (aliases[key] ?? key), full])),
    ],
  );
  const groups = groupsOf(modules, ([, arrays]) =>
    signature([...arrays].map(([key, name]) => [key, shapeOf(shapes, name)])),
  );
  const matched: Match["matched"] = new Map();
  const missing: string[] = [];
  for (const [text, alike] of groupsOf(sources, signatureOf)) {
    const found = groups.get(text) ?? [];
    if (found.length !== alike.length) {
      missing.push(...alike.flatMap(({ path, pieces }) => [...pieces.keys()].map((key) => joined(path, key))));
      continue;
    }
    const order = ordered || found.length === 1 ? found : byNumbers(found);
    if (!order)
      throw new RangeError(
        `${where}: which of ${quoted(found.map(([name]) => name))} is which of ${quoted(alike.map(({ path }) => path))} cannot be ` +
          `known: all have ${text}. Give names: { "${found[0]?.[0]}": "${alike[0]?.path}", … }.`,
      );
    for (const [k, source] of alike.entries()) matched.set(source, (order[k] as Module)[1]);
  }
  const used = new Set([...matched.values()].flatMap((arrays) => [...arrays.values()]));
  return { matched, missing, unused: [...shapes.keys()].filter((name) => !used.has(name)) };
}

const shapeOf = (shapes: Shapes, name: string): readonly number[] =>
  (shapes.get(name) as { shape: readonly number[] }).shape;

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Checks the shape of an array of the file, by its name there, for a place in a module. */
function checkShape(where: string, source: Source, key: string, theirs: string, shapes: Shapes, layout: Layout): void {
  const got = shapeOf(shapes, theirs);
  const expected = source.pieces.get(key) as readonly number[];
  if (sameShape(got, expected)) return;
  throw new ShapeError(
    `${where}: "${theirs}" has the wrong shape for "${joined(source.path, key)}" of ${source.leaf.layer.name}: got ` +
      `[${got.join(", ")}], expected [${expected.join(", ")}]${layout.hint(got, expected) || ". Give the layer these sizes, or names"}.`,
  );
}

/** @throws ShapeError  an array of the file has another shape than the layer expects */
export function checkShapes(where: string, { matched }: Match, shapes: Shapes, layout: Layout): void {
  for (const [source, arrays] of matched)
    for (const [key, theirs] of arrays) checkShape(where, source, key, theirs, shapes, layout);
}

/**
 * Looks among the modules of the file that are left over for one of the kind of a layer that has none.
 * @throws ShapeError  its shapes differ
 * @throws RangeError  the file has more or fewer modules of these shapes than the model
 */
export function checkKinds(
  where: string,
  sources: readonly Source[],
  { matched, unused }: Match,
  shapes: Shapes,
  layout: Layout,
): void {
  const left = new Map(unused.map((name) => [name, { shape: shapeOf(shapes, name) }]));
  const keysOf = (names: ReadonlyMap<string, unknown>): string => [...names.keys()].sort().join();
  for (const source of sources) {
    if (matched.has(source)) continue;
    const alike = modulesOf(left).filter(([, arrays]) => keysOf(arrays) === keysOf(source.pieces));
    for (const [, arrays] of alike.slice(0, 1)) {
      for (const [key, theirs] of arrays) checkShape(where, source, key, theirs, shapes, layout);
      throw new RangeError(
        `${where}: the model has another number of layers with ${signatureOf(source)} than the file, where they are ` +
          `${quoted(alike.map(([name]) => name))}. Give names: { "${alike[0]?.[0]}": "${source.path}", … }.`,
      );
    }
  }
}

/** @throws RangeError  the file lacks arrays, or has some that are of no layer */
export function checkComplete(where: string, { missing, unused }: Match, shapes: Shapes): void {
  if (missing.length === 0 && unused.length === 0) return;
  const parts: string[] = [];
  if (missing.length > 0) parts.push(`the file lacks ${quoted(missing)}`);
  if (unused.length > 0) parts.push(`${quoted(unused)} of the file ${unused.length > 1 ? "are" : "is"} of no layer`);
  const near =
    missing.length > 0 ? nearest(missing[0] as string, unused.length > 0 ? unused : [...shapes.keys()]) : null;
  const meant = near ? ` Is "${near}" meant by "${missing[0]}"?` : "";
  const rule = near && missing[0] ? `{ "${near}": "${missing[0]}" }` : "{ theirs: ours }";
  throw new RangeError(
    `${where}: ${parts.join("; ")}.${meant} Give names: ${rule}, or strict: false to leave them out.`,
  );
}
