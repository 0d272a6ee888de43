// Random programs of ops: drawn, written as code, run by all builds, and compared with the plain interpreter op by op, with
// differences and with each other.

import {
  bernoulli,
  concatenate,
  constant,
  type Engine,
  fill,
  iota,
  logAddExp,
  type NDArray,
  normal,
  type Tensor,
  uniform,
} from "thalweg";
import { type Arrays, hvp, type Inputs, run, valueAndGrad } from "../bindings/transforms.js";
import { type BuildName, builds, engineOf, holds } from "./engines.js";
import {
  type Branches,
  difference,
  differenceQuotient,
  type Expected,
  type Plain,
  rounded,
  sizeOf,
} from "./interpreter.js";
import { chained, rows } from "./ops.js";
import { type Node, Pen } from "./pen.js";
import { type Drawn, listed, type Random } from "./random.js";

type Traced = (inputs: Inputs) => Tensor;

const plainOf = (value: number | NDArray): Plain => (typeof value === "number" ? { data: [value], shape: [] } : value);

/** Free names of the code of programs. */
const sources = { concatenate, constant, fill, iota, logAddExp, uniform, normal, bernoulli };

class Program {
  readonly #random: Random;
  readonly pen: Pen;
  readonly nodes: readonly Node[];
  /** The weighted sum whose derivatives are compared. */
  readonly #watched: readonly Node[];

  constructor(random: Random) {
    this.#random = random;
    const smooth = random.chance(0.35);
    const types = random.pick(
      smooth ? ([["f64"], ["f64"], ["f32"]] as const) : ([["f32"], ["f64"], ["f32", "f64"]] as const),
    );
    const pen = new Pen(random, smooth, types);
    this.pen = pen;
    const shape = pen.shape();
    for (let k = random.whole(1, smooth ? 2 : 3); k > 0; k--)
      pen.argument(random.chance(0.6) ? shape : pen.shape(), pen.type());
    if (!smooth && random.chance(0.3)) pen.argument(random.pick([[], [3], shape]), "i32");
    const chain = random.chance(0.4);
    const wanted = pen.nodes.length + (chain ? random.whole(5, 24) : random.whole(2, 12));
    const all = Object.keys(rows);
    for (let tries = 0; pen.nodes.length < wanted && tries < 200; tries++) {
      const name = chain && random.chance(0.93) ? random.pick(chained) : random.pick(all);
      rows[name]!(pen);
    }
    this.nodes = pen.nodes;
    const floats = this.nodes.filter(({ dtype, code }) => dtype === this.#type && code !== null);
    const last = floats.at(-1) ?? this.nodes[0]!;
    this.#watched = [last, ...(floats.length > 2 ? random.some(floats.slice(0, -1), 0.15) : [])].slice(0, 4);
  }

  get #type(): "f32" | "f64" {
    return this.pen.types[0] as "f32" | "f64";
  }

  get #arguments(): readonly Node[] {
    return this.nodes.filter(({ given }) => given);
  }

  /** The function that answers `result`, as code. */
  code(result: string): string {
    const body = this.nodes.flatMap(({ name, code, inputs }) =>
      code === null ? [] : [`  const ${name} = ${code.replace(/\$(\d+)/g, (_, k) => inputs[Number(k)]!.name)};`],
    );
    const list = this.#arguments.map(({ name }) => name).join(", ");
    return [`({ ${list} }) => {`, ...body, `  return ${result};`, "}"].join("\n");
  }

  get arguments(): Arrays {
    return Object.fromEntries(this.#arguments.map(({ name, given, shape }) => [name, { data: given!, shape }]));
  }

  /** The whole as somebody would type it, the last node its result. */
  get shown(): string {
    const inputs = this.#arguments.map(
      ({ name, given, shape }) =>
        `  ${name}: { data: ${given!.constructor.name}.of(${listed(given!)}), shape: [${shape.join(", ")}] },`,
    );
    return [
      `const f = ${this.code(this.nodes.at(-1)!.name)};`,
      "const inputs = {",
      ...inputs,
      "};",
      `// objective: ${this.objective}`,
    ].join("\n");
  }

  /** Everything in a row, in f64, which holds every number of every type. */
  everything(engine: Engine): Plain {
    const parts = this.nodes.map(({ name, shape, dtype }) => {
      const wide = dtype === "f64" ? name : `${name}.cast("f64")`;
      return `${wide}.reshape([${sizeOf(shape)}])`;
    });
    return this.run(engine, `concatenate([${parts.join(", ")}])`);
  }

  /** Σ weights ⊙ node over the watched nodes. */
  get objective(): string {
    const terms = this.#watched.map(({ name, shape, dtype }, k) => {
      const count = sizeOf(shape);
      return `${name}.reshape([${count}]).multiply(iota(engine, ${count}, "${dtype}").multiply(${0.7 + k}).add(1).sin()).sum()`;
    });
    return terms.reduce((sum, term) => `${sum}.add(${term})`);
  }

  trace(engine: Engine, result: string, code = this.code(result)): Traced {
    const make = new Function("engine", ...Object.keys(sources), `return ${code}`);
    return make(engine, ...Object.values(sources)) as Traced;
  }

  /** The result of a function of the program in an engine. */
  run(engine: Engine, result: string): Plain {
    return plainOf(run(engine, this.trace(engine, result), this.arguments));
  }

  /** Every node is what its formula says of the inputs that the engine computed. */
  checkNodes(engine: Engine): Map<Node, Plain> {
    const values = new Map<Node, Plain>();
    const numbersOf = (node: Node): Plain => {
      const known = values.get(node);
      if (known) return known;
      const value = { data: node.formula([]).data.map((x) => rounded(x, node.dtype)), shape: node.shape };
      values.set(node, value);
      return value;
    };
    for (const node of this.nodes) {
      if (node.code === null) {
        numbersOf(node);
        continue;
      }
      const got = this.run(engine, node.name);
      values.set(node, got);
      if (got.shape.join() !== node.shape.join())
        throw new Error(`${node.name} has shape [${got.shape.join(", ")}], expected [${node.shape.join(", ")}]`);
      const inputs = node.inputs.map(numbersOf);
      const expected: Expected = node.formula(inputs);
      const wrong = difference(got, expected, node.dtype);
      if (wrong === null) continue;
      const of = node.inputs.map(({ name }, k) => `${name} = [${listed(inputs[k]!.data, 12)}]`);
      throw new Error(`${node.name} (${node.code}): ${wrong}; from ${of.join("; ")}`);
    }
    return values;
  }

  /** The numbers of all nodes in f64 for these arguments; frozen nodes keep what they have at `base`. */
  interpret(given: ReadonlyMap<Node, ArrayLike<number>>, base?: ReadonlyMap<Node, Plain>) {
    const values = new Map<Node, Plain>();
    const branches: number[] = [];
    const numbersOf = (node: Node): Plain => {
      const found = values.get(node);
      if (found) return found;
      const data = given.get(node);
      const { data: computed, branch } = data ? { data, branch: undefined } : node.formula(node.inputs.map(numbersOf));
      if (branch && !node.frozen) for (const side of branch) branches.push(side);
      const value = (node.frozen && base?.get(node)) || {
        data: node.dtype === "i32" ? Array.from(computed, (x) => rounded(x, "i32")) : computed,
        shape: node.shape,
      };
      values.set(node, value);
      return value;
    };
    for (const node of this.nodes) numbersOf(node);
    let objective = 0;
    // The weights of the objective as it is traced: their arguments have few digits in f32, in which they are rounded.
    const own = (x: number): number => (this.#type === "f32" ? Math.fround(x) : x);
    for (const [k, node] of this.#watched.entries())
      for (const [at, x] of Array.from(numbersOf(node).data).entries())
        objective += x * Math.sin(own(own(at * own(0.7 + k)) + 1));
    return { values, branches, objective };
  }

  /** The gradient of the same program in f64. */
  #wideGradient(engine: Engine): Record<string, Plain> {
    const f = this.trace(engine, this.objective, this.code(this.objective).replaceAll('"f32"', '"f64"'));
    const compiled = valueAndGrad(engine, f);
    try {
      const wide = this.#arguments.map(({ name, shape, given }) => [name, { data: Float64Array.from(given!), shape }]);
      return compiled(Object.fromEntries(wide) as Arrays).gradient as unknown as Record<string, Plain>;
    } finally {
      compiled.free();
    }
  }

  /** First derivatives of a smooth program against differences of the interpreter, second ones of the gradient. */
  checkDerivatives(engine: Engine, gradients: Record<string, Plain>): void {
    const random = this.#random;
    const start = new Map(this.#arguments.map((node) => [node, Float64Array.from(node.given!)]));
    const base = this.interpret(start);
    for (const node of this.#arguments) {
      const slope = gradients[node.name]!;
      const largest = Math.max(1e-3, ...Array.from(slope.data, Math.abs));
      for (const at of random.shuffled(Array.from(slope.data, (_, k) => k)).slice(0, 5)) {
        const along = (h: number): Branches => {
          const moved = new Map(start);
          const data = Float64Array.from(node.given!);
          data[at]! += h;
          moved.set(node, data);
          const { branches, objective } = this.interpret(moved, base.values);
          return { value: objective, branches };
        };
        const estimate = differenceQuotient(along, Math.max(1, Math.abs(node.given![at]!)), largest);
        if (!estimate) continue;
        const got = slope.data[at] as number;
        const rounding = this.#type === "f32" ? 1e-3 * largest : 0;
        if (Math.abs(got - estimate.slope) <= estimate.error + rounding) continue;
        // The f32 derivative y (1 − y) of a saturated sigmoid is 0, for example; what is behind it may be large.
        const wide = (): number => this.#wideGradient(engine)[node.name]!.data[at] as number;
        if (this.#type === "f32" && Math.abs(wide() - estimate.slope) <= estimate.error + rounding) continue;
        throw new Error(
          `the derivative of the objective by ${node.name}[${at}] is ${got}, differences say ${estimate.slope} ± ${estimate.error}`,
        );
      }
    }
    this.#checkSecond(engine, start, base.values);
  }

  #checkSecond(engine: Engine, start: ReadonlyMap<Node, Float64Array>, base: ReadonlyMap<Node, Plain>): void {
    // What stops a derivative moves with its tensor when the gradient is taken elsewhere; in f32 differences say little.
    if (this.#type === "f32" || this.nodes.some(({ frozen }) => frozen)) return;
    const random = this.#random;
    const f = this.trace(engine, this.objective);
    const vector = Object.fromEntries(
      this.#arguments.map(({ name, shape }) => [
        name,
        { data: Float64Array.from({ length: sizeOf(shape) }, () => random.real(-1, 1)), shape },
      ]),
    );
    const product = hvp(engine, f);
    const gradient = valueAndGrad(engine, f);
    try {
      const got = product(this.arguments, vector);
      const at = (h: number) => {
        const moved = new Map(
          [...start].map(([node, data]) => [node, data.map((x, k) => x + h * vector[node.name]!.data[k]!)]),
        );
        const { branches } = this.interpret(moved, base);
        const given = Object.fromEntries(
          [...moved].map(([node, data]) => [node.name, { data, shape: node.shape }]),
        ) as Arrays;
        return { branches, gradient: gradient(given).gradient };
      };
      for (const node of this.#arguments) {
        const data = plainOf(got[node.name]!).data;
        const largest = Math.max(1e-2, ...Array.from(data, Math.abs));
        for (const k of random.shuffled(Array.from(data, (_, k) => k)).slice(0, 3)) {
          const along = (h: number): Branches => {
            const there = at(h);
            return { value: plainOf(there.gradient[node.name]!).data[k] as number, branches: there.branches };
          };
          const estimate = differenceQuotient(along, 1, largest);
          if (!estimate || Math.abs((data[k] as number) - estimate.slope) <= estimate.error) continue;
          throw new Error(
            `H v at ${node.name}[${k}] is ${data[k]}, differences of the gradient say ${estimate.slope} ± ${estimate.error}`,
          );
        }
      }
    } finally {
      product.free();
      gradient.free();
    }
  }

  /** Value and gradient of the objective by every argument of floats, in an engine. */
  gradients(engine: Engine): Record<string, Plain> {
    if (this.#arguments.some(({ dtype }) => dtype === "i32" || dtype !== this.#type)) return {};
    if (this.#watched.some(({ dtype }) => dtype !== this.#type)) return {};
    const f = valueAndGrad(engine, this.trace(engine, this.objective));
    try {
      const { value, gradient } = f(this.arguments);
      return {
        value: plainOf(value),
        ...Object.fromEntries(Object.entries(gradient).map(([name, array]) => [name, plainOf(array)])),
      };
    } finally {
      f.free();
    }
  }
}

/** Where two results are not the same bits. */
function apart(what: string, a: Plain, b: Plain): void {
  if (a.data.length !== b.data.length) throw new Error(`${what}: ${a.data.length} and ${b.data.length} elements`);
  for (let k = 0; k < a.data.length; k++)
    if (!Object.is(a.data[k], b.data[k])) throw new Error(`${what}: element ${k} is ${a.data[k]} and ${b.data[k]}`);
}

let engines: Map<BuildName, Engine> | null = null;
let used = 0;

/** Engines that see a hundred programs, so that one may leave something behind for the next. */
async function sharedEngines(): Promise<Map<BuildName, Engine>> {
  if (!engines || used++ % 100 === 99) {
    engines = new Map();
    for (const build of builds) engines.set(build, await engineOf(build));
  }
  return engines;
}

/** How often each op was drawn. */
export const drawnOps = new Map<string, number>();

export function drawProgram(random: Random): Drawn {
  const program = new Program(random);
  for (const { code } of program.nodes) {
    const name = code?.match(/^(?:\$0\.)?(\w+)\(/)?.[1];
    if (name) drawnOps.set(name, (drawnOps.get(name) ?? 0) + 1);
  }
  return {
    code: program.shown,
    async check() {
      const shared = await sharedEngines();
      try {
        compare(program, shared);
      } catch (error) {
        engines = null;
        throw error;
      }
    },
  };
}

function compare(program: Program, shared: ReadonlyMap<BuildName, Engine>): void {
  const release = shared.get("release") as Engine;
  const values = program.checkNodes(release);
  const last = program.nodes.at(-1) as Node;
  const one = values.get(last) as Plain;
  const all = program.nodes.flatMap((node) => Array.from(values.get(node)!.data));
  const gradients = program.gradients(release);
  for (const [build, engine] of shared) {
    if (!holds(build, program.shown)) continue;
    apart(`${last.name} in ${build} and alone`, program.run(engine, last.name), one);
    apart(`all nodes in ${build} and one by one`, program.everything(engine), { data: all, shape: [all.length] });
    const own = program.gradients(engine);
    for (const [name, array] of Object.entries(gradients))
      apart(
        `${name === "value" ? "the objective" : `the gradient by ${name}`} in ${build} and release`,
        own[name]!,
        array,
      );
  }
  if (program.pen.smooth && Object.keys(gradients).length > 0) program.checkDerivatives(release, gradients);
  // What is shared has the size it needs: the same once more leaves nothing behind.
  const before = release.bytesInUse;
  program.everything(release);
  if (release.bytesInUse !== before)
    throw new Error(`memory in use was ${before} bytes and is ${release.bytesInUse} after everything was freed`);
}
