// Mutated checkpoints: what is no checkpoint of the trainer is refused in words and changes nothing, whatever the file holds;
// what is taken up is taken up as it stands there, and training goes on and ends.

import { type Engine, readSafetensors, type Trainer } from "thalweg";
import { loadModel } from "thalweg/load";
import { engineOf } from "./engines.js";
import type { Drawn, Random } from "./random.js";
import type { Recipe } from "./recipes.js";
import { drawnRecipe, fileDifference, firstDifference, fitted, inWords } from "./trainers.js";

interface Entry {
  dtype: unknown;
  shape: unknown;
  data_offsets: unknown;
}
type Header = Record<string, Entry | Record<string, unknown>>;

/** A file, taken apart. */
class File {
  readonly text: string;
  readonly payload: Uint8Array;

  constructor(readonly bytes: Uint8Array) {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    this.text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    this.payload = bytes.slice(8 + length);
  }

  get header(): Header {
    return JSON.parse(this.text);
  }

  /** Names of tensors. */
  get names(): string[] {
    return Object.keys(this.header).filter((name) => name !== "__metadata__");
  }

  with(header: string | Header, payload = this.payload): Uint8Array {
    const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
    const file = new Uint8Array(8 + text.length + payload.length);
    new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
    file.set(text, 8);
    file.set(payload, 8 + text.length);
    return file;
  }
}

const numbers = [
  ...["-1", "0", "1", "0.5", "-0", "3", "1e308", "1e400", "4294967295", "4294967296", "2147483648", "1e15"],
  ...["9007199254740991", "9007199254740993", "-9007199254740991", "1e-320"],
];
const texts = [
  ...["", " 1", "1 ", "0x10", "1e3", "-0", "-1", "0.5", "NaN", "Infinity", "-Infinity", "4294967295", "4294967296"],
  ...[
    "9007199254740991",
    "9007199254740992",
    "4503599627370496",
    "1e15",
    "true",
    "null",
    "__proto__",
    "\u0000",
    "٣",
    "\ud800",
  ],
  "9".repeat(400),
];
const objectNames = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "prototype",
  "__defineGetter__",
  "then",
  "",
];
const values = [
  ...["null", "[]", "{}", '"x"', "true", "-1", "1e400", "[[]]", "[null]", '{"__proto__":{"polluted":1}}'],
  ...['{"constructor":{"prototype":{"polluted":1}}}', '{"toString":1}', "[1e308,1e308]", "[-1]", "[0]", '["0"]'],
];

/** A mutation: another file, and what was done in words. */
type Mutation = (
  file: File,
  random: Random,
  others: readonly Uint8Array[],
) => readonly [what: string, bytes: unknown] | null;

/** A place of JSON text: the text of a number, a text or a name. */
function token(text: string, pattern: RegExp, random: Random): { at: number; length: number } | null {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return null;
  const match = random.pick(found);
  return { at: match.index, length: match[0].length };
}

function replaced(file: File, pattern: RegExp, by: string, random: Random): readonly [string, Uint8Array] | null {
  const found = token(file.text, pattern, random);
  if (!found) return null;
  const { at, length } = found;
  const old = file.text.slice(at, at + length);
  const what = `header: ${old} at ${at} becomes ${by.slice(0, 60)}`;
  return [what, file.with(file.text.slice(0, at) + by + file.text.slice(at + length))];
}

function edited(file: File, what: string, change: (header: Header) => void, payload = file.payload) {
  const { header } = file;
  change(header);
  return [what, file.with(header, payload)] as const;
}

/** Bytes of a tensor with each number replaced. */
function refilled(file: File, name: string, value: (at: number) => number): Uint8Array {
  const { dtype, data_offsets: offsets } = file.header[name] as { dtype: string; data_offsets: [number, number] };
  const payload = file.payload.slice();
  const view = new DataView(payload.buffer);
  const width = dtype === "F64" ? 8 : 4;
  for (let at = offsets[0]; at < offsets[1]; at += width)
    if (width === 8) view.setFloat64(at, value(at), true);
    else view.setFloat32(at, value(at), true);
  return file.with(file.text, payload);
}

/** The parts one after the other. */
function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const mutations: Readonly<Record<string, Mutation>> = {
  flips(file, random) {
    const bytes = file.bytes.slice();
    const end = random.chance(0.5) ? 8 + file.text.length : bytes.length;
    const places = Array.from(
      { length: random.whole(1, 4) },
      () => [random.whole(0, end - 1), random.whole(1, 255)] as const,
    );
    for (const [at, flip] of places) bytes[at]! ^= flip;
    return [`bytes ${places.map(([at, flip]) => `${at} ^ ${flip}`).join(", ")}`, bytes];
  },
  cut(file, random) {
    const length = random.whole(0, file.bytes.length - 1);
    return [`the first ${length} bytes`, file.bytes.slice(0, length)];
  },
  longer(file, random) {
    const more = random.pick([1, 4, 8, 64]);
    return [`${more} bytes more`, joined(file.bytes, new Uint8Array(more).fill(random.pick([0, 1, 255])))];
  },
  shifted(file, random) {
    const at = random.whole(0, file.bytes.length - 1);
    const [head, tail] = [file.bytes.subarray(0, at), file.bytes.subarray(at)];
    return random.chance(0.5)
      ? [`byte ${at} left out`, joined(head, tail.subarray(1))]
      : [`a byte more at ${at}`, joined(head, Uint8Array.of(random.whole(0, 255)), tail)];
  },
  headerLength(file, random) {
    const bytes = file.bytes.slice();
    const length = random.pick([
      0n,
      1n,
      2n,
      2n ** 63n,
      2n ** 64n - 1n,
      99_999_999n,
      BigInt(file.text.length - 1),
      BigInt(file.text.length + 1),
    ]);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return [`a header of ${length} bytes`, bytes];
  },
  number: (file, random) => replaced(file, /(?<=[[,:])-?\d[\d.e+-]*/g, random.pick(numbers), random),
  value: (file, random) => replaced(file, /(?<=:)("[^"]*"|\[[^\]]*\]|\{[^{}]*\})/g, random.pick(values), random),
  name: (file, random) => replaced(file, /"[^"]*"(?=:)/g, JSON.stringify(random.pick(objectNames)), random),
  again(file, random) {
    const found = token(file.text, /"[^"]*":("[^"]*"|\{[^{}]*\})/g, random);
    if (!found) return null;
    const part = file.text.slice(found.at, found.at + found.length);
    return [
      `twice: ${part.slice(0, 60)}`,
      file.with(`${file.text.slice(0, found.at)}${part},${file.text.slice(found.at)}`),
    ];
  },
  written(file, random) {
    const at = random.whole(0, file.text.length);
    const more = random.pick([
      " ",
      "\n",
      ",",
      "}",
      "]",
      "//",
      "\ufeff",
      "[".repeat(5000),
      '{"a":'.repeat(3000),
      '"\\ud800"',
      "\u2028",
    ]);
    return [
      `header: ${JSON.stringify(more.slice(0, 12))} written at ${at}`,
      file.with(file.text.slice(0, at) + more + file.text.slice(at)),
    ];
  },
  escaped(file, random) {
    const found = token(file.text, /(?<=")[a-zA-Z](?=[^"]*":)/g, random);
    if (!found) return null;
    const code = file.text.charCodeAt(found.at).toString(16).padStart(4, "0");
    return [
      `the name at ${found.at} with an escape`,
      file.with(`${file.text.slice(0, found.at)}\\u${code}${file.text.slice(found.at + 1)}`),
    ];
  },
  metadata(file, random) {
    const name = random.pick(Object.keys(file.header.__metadata__ as object));
    const text = random.pick(texts);
    return edited(file, `metadata ${name} is ${JSON.stringify(text.slice(0, 40))}`, (header) => {
      (header.__metadata__ as Record<string, unknown>)[name] = text;
    });
  },
  architecture(file, random) {
    const name = "architecture";
    const before = (file.header.__metadata__ as Record<string, string>)[name] ?? "";
    const pattern = random.pick([/(?<=[[,:])-?\d[\d.e+-]*/g, /"[^"]*"/g, /\{[^{}]*\}/g, /\[[^[\]]*\]/g]);
    const found = token(before, pattern, random);
    if (!found) return null;
    const by = random.pick([
      ...numbers,
      ...values,
      ...[
        '"relu"',
        '["relu"]',
        '{"layer":"x"}',
        '{"function":""}',
        '{"schedule":"x"}',
        '["lstm",2,3,{"layers":1000000000}]',
      ],
      ...["[".repeat(2000) + "]".repeat(2000), `${'["residual",'.repeat(500)}["relu"]${"]".repeat(500)}`],
    ]);
    const text = before.slice(0, found.at) + by + before.slice(found.at + found.length);
    return edited(file, `in the model ${by.slice(0, 40)} at ${found.at}`, (header) => {
      (header.__metadata__ as Record<string, unknown>)[name] = text;
    });
  },
  step(file, random) {
    const [name, text] = [
      random.pick(["step", "epoch", "position", "rows", "epochRows", "epochLoss"]),
      random.pick(texts),
    ];
    return edited(file, `metadata ${name} is ${JSON.stringify(text.slice(0, 40))}`, (header) => {
      (header.__metadata__ as Record<string, unknown>)[name] = text;
    });
  },
  metadataMore(file, random) {
    const name = random.pick([...objectNames, "polluted", "more"]);
    const text = random.pick(texts);
    const metadata = JSON.stringify(file.header.__metadata__);
    const own = `${metadata.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(text)}}`;
    return [`metadata ${JSON.stringify(name)} more`, file.with(file.text.replace(metadata, () => own))];
  },
  lacking(file, random) {
    const metadata = random.chance(0.5);
    const name = random.pick(metadata ? Object.keys(file.header.__metadata__ as object) : Object.keys(file.header));
    return edited(file, `without ${name}`, (header) => {
      delete (metadata ? (header.__metadata__ as Record<string, unknown>) : header)[name];
    });
  },
  tensorMore(file, random) {
    const name = random.pick([...objectNames, "more", `${random.pick(file.names)}x`]);
    const text = `,${JSON.stringify(name)}:{"dtype":"F32","shape":[0],"data_offsets":[${file.payload.length},${file.payload.length}]}}`;
    return [`an empty tensor ${JSON.stringify(name)} more`, file.with(file.text.slice(0, -1) + text)];
  },
  exchanged(file, random) {
    const [a, b] = [random.pick(file.names), random.pick(file.names)];
    const field = random.pick(["data_offsets", "shape", "dtype", ""] as const);
    return edited(file, `${a} and ${b} exchange ${field || "everything"}`, (header) => {
      const [x, y] = [header[a] as Entry, header[b] as Entry];
      if (field) [x[field], y[field]] = [y[field], x[field]];
      else [header[a], header[b]] = [y, x];
    });
  },
  typed(file, random) {
    const name = random.pick(file.names);
    const dtype = random.pick([
      "I64",
      "F64",
      "F32",
      "I32",
      "BF16",
      "F16",
      "U8",
      "F8",
      "f32",
      "constructor",
      "__proto__",
    ]);
    return edited(file, `${name} is ${dtype}`, (header) => {
      (header[name] as Entry).dtype = dtype;
    });
  },
  shaped(file, random) {
    const name = random.pick(file.names);
    const { shape } = file.header[name] as { shape: number[] };
    const [first = 1, ...rest] = shape;
    const other = random.pick<unknown>([
      ...[[...shape, 1], [1, ...shape], [...shape].reverse(), shape.reduce((p, n) => p * n, 1), [], [-first, ...rest]],
      ...[
        [first / 2, 2, ...rest],
        [2 ** 53, ...rest],
        [...new Array(3000).fill(1), ...shape],
        [0, 2 ** 53],
        "3",
        [[first]],
      ],
    ]);
    return edited(file, `${name} has the shape ${JSON.stringify(other)?.slice(0, 60)}`, (header) => {
      (header[name] as Entry).shape = other;
    });
  },
  filled(file, random) {
    const name = random.pick(file.names);
    const value = random.pick([
      Number.NaN,
      Infinity,
      -Infinity,
      -1,
      0,
      -0,
      1,
      1e38,
      -1e38,
      1e300,
      1e-45,
      5e-324,
      2 ** 53,
    ]);
    const all = random.chance(0.5);
    const one = random.share();
    return [
      `${all ? "all" : "some"} of ${name} is ${value}`,
      refilled(file, name, (at) => (all || (at * one) % 1 < 0.3 ? value : 0.1)),
    ];
  },
  foreign(_, random, others) {
    return others.length === 0 ? null : ["the file of another trainer", random.pick(others)];
  },
  container(file, random) {
    const { bytes } = file;
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const apart = new Uint8Array(bytes.length + 3);
    apart.set(bytes, 3);
    const kinds: [string, unknown][] = [
      ["a view from byte 3 on", apart.subarray(3)],
      ["a Buffer", Buffer.from(bytes)],
      ["over shared memory", shared],
      ["clamped", new Uint8ClampedArray(bytes)],
      ["its buffer", bytes.slice().buffer],
      ["signed", new Int8Array(bytes)],
      ["a DataView", new DataView(bytes.slice().buffer)],
      ["an array", Array.from(bytes.subarray(0, 64))],
      ["a text", Buffer.from(bytes).toString("latin1")],
      ["null", null],
      ["undefined", undefined],
      ["an object of that form", { length: bytes.length, buffer: bytes.buffer, byteOffset: 0 }],
      ["of another prototype", Object.setPrototypeOf(bytes.slice(), Array.prototype)],
    ];
    return random.pick(kinds);
  },
};

const prototypes = [Object, Array, Function, String, Number, Map, Uint8Array, Float32Array].map(
  ({ prototype }) => prototype,
);
const properties = (): string => prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join(";");

export function drawCheckpoint(random: Random): Drawn {
  let recipe: Recipe | null = null;
  let what = "";
  return {
    get code() {
      return `${recipe?.code}\n// after 3 steps; then the file: ${what}`;
    },
    async check() {
      const engine = await engineOf("release");
      recipe = await drawnRecipe(random, engine);
      const trainer = await begun(recipe, engine);
      const others = [await begun(await drawnRecipe(random, engine), engine)].map((other) => other.save());
      const saved = trainer.save();
      const file = new File(saved);
      checkModel(recipe, trainer, saved);
      for (let count = 0; count < 25; count++) {
        const mutated = mutations[random.pick(Object.keys(mutations))]!(file, random, others);
        if (!mutated) continue;
        what = mutated[0];
        await checkFile(recipe, trainer, saved, mutated[1]);
      }
    },
  };
}

/** A trainer after three steps. */
async function begun(recipe: Recipe, engine: Engine): Promise<Trainer> {
  const trainer = recipe.start(engine);
  await fitted(trainer, recipe.data(recipe.samples) as never, { steps: 3, batchSize: 4, shuffle: false }).catch(
    inWords,
  );
  return trainer;
}

/** Loads a model; frees it after `body`, which may not run, and checks that all memory is free again. */
function loaded(engine: Engine, bytes: unknown, body: (model: ReturnType<typeof loadModel>) => void): string | null {
  const before = engine.bytesInUse;
  let refused: string | null = null;
  try {
    const model = loadModel(engine, bytes as Uint8Array);
    try {
      body(model);
    } finally {
      model.free();
    }
  } catch (error) {
    refused = inWords(error);
  }
  if (engine.bytesInUse !== before) throw new Error(`loadModel keeps ${engine.bytesInUse - before} bytes`);
  return refused;
}

/** The model of a true file predicts as the trainer, unless it has layers that no file has. */
function checkModel(recipe: Recipe, trainer: Trainer, saved: Uint8Array): void {
  const { inputs } = recipe.data(recipe.samples) as { inputs: never };
  const expected = trainer.predict(inputs);
  const refused = loaded(trainer.engine, saved, (model) => {
    const other = firstDifference(model.predict(inputs), expected);
    if (other) throw new Error(`loadModel: predicts otherwise: ${other}`);
  });
  if (refused && !refused.includes("layer of your own")) throw new Error(`the model is not loaded: ${refused}`);
}

async function checkFile(recipe: Recipe, trainer: Trainer, saved: Uint8Array, bytes: unknown): Promise<void> {
  const before = properties();
  let refused: string | null = null;
  try {
    trainer.restore(bytes as Uint8Array);
  } catch (error) {
    refused = inWords(error);
  }
  const unloaded = loaded(trainer.engine, bytes, () => {});
  if (unloaded && !/^(Range|Type|Shape)Error: loadModel: /.test(unloaded))
    throw new Error(`loadModel refused, but by ${unloaded}`);
  if (properties() !== before || "polluted" in {}) throw new Error("restore or loadModel changed a prototype");
  if (refused !== null) {
    if (!/^(Range|Type|Shape)Error: restore: /.test(refused)) throw new Error(`refused, but by ${refused}`);
    const changed = fileDifference(trainer.save(), saved);
    if (changed) throw new Error(`refused (${refused}), but the trainer is another: ${changed}`);
    return;
  }
  const taken = Uint8Array.from(bytes as Uint8Array);
  const other = firstDifference(heldBy(trainer, trainer.save()), heldBy(trainer, taken));
  if (other) throw new Error(`taken up, but not as it stands in the file: ${other}`);
  await goOn(recipe, trainer);
  const twin = recipe.create(trainer.engine);
  twin.restore(taken);
  await goOn(recipe, twin);
  const apart = fileDifference(twin.save(), trainer.save());
  twin.free();
  if (apart) throw new Error(`two trainers that took it up went apart: ${apart}`);
  trainer.restore(saved);
  const changed = fileDifference(trainer.save(), saved);
  if (changed) throw new Error(`the true file is no longer taken up: ${changed}`);
}

const absent: Readonly<Record<string, string>> = { accumulatedWeight: "0", epochPenalty: "0" };

/** What a trainer takes from a file: no metadata of others, and of an average of no weights yet nothing. */
function heldBy(trainer: Trainer, bytes: Uint8Array) {
  const { tensors, metadata } = readSafetensors(bytes);
  const { architecture: _, ...own } = readSafetensors(trainer.save()).metadata;
  const taken = Number(metadata.averaged ?? metadata.step);
  return {
    tensors: Object.entries(tensors)
      .filter(([name]) => taken > 0 || !name.startsWith("average."))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { data, shape }]) => [name, data, name === "trainer.schedules" ? [data.length] : shape]),
    // What files of before did not have.
    metadata: Object.fromEntries(Object.keys(own).map((name) => [name, metadata[name] ?? absent[name]])),
  };
}

/** Two more steps, which end, or say why not. */
async function goOn(recipe: Recipe, trainer: Trainer): Promise<void> {
  const { steps } = trainer;
  try {
    await fitted(trainer, recipe.data(recipe.samples) as never, { steps: 2, batchSize: 4, shuffle: false });
  } catch (error) {
    inWords(error);
    return;
  }
  if (trainer.steps !== steps + 2) throw new Error(`2 steps from step ${steps} lead to ${trainer.steps}`);
}
