// Random loops: a drawn body as a loop, stored and recomputed, in both directions, and as a loop of loops, against the same body
// traced once for every step. Values have the same bits; derivatives of both orders differ in the order of additions alone.

import { concatenate, type Engine, scan, type Tensor } from "thalweg";
import { type Arrays, hvp, type Inputs, valueAndGrad } from "../bindings/transforms.js";
import { type BuildName, builds, engineOf, holds } from "./engines.js";
import type { Drawn, Random } from "./random.js";

type Trees = Readonly<Record<string, Tensor>>;
type Body = (p: Inputs, carry: Trees, x: Trees) => { carry: Trees; output: Trees };

interface Options {
  readonly reverse: boolean;
  readonly memory: "store" | "recompute";
}

const sources = { concatenate };

/** Functions of drawn nodes, which all have the shape [rows, width], as code. */
const unaries = [
  "$.tanh()",
  "$.sigmoid()",
  "$.relu()",
  "$.sin()",
  "$.square().multiply(0.5)",
  "$.softmax()",
  "$.negate().add(0.3)",
  "$.multiply($.sum({ axes: 1, keepDimensions: true }).tanh())",
  "$.subtract($.max({ axes: 0, keepDimensions: true }))",
  "$.slice(1, 0, 1).add($).tanh()",
  "concatenate([$.slice(1, 1), $.slice(1, 0, 1)], 1)",
  "$.reshape([-1]).cumulativeSum().reshape($.shape).tanh()",
  "$.transpose().exp().transpose().tanh()",
  "$.stopGradient().add($)",
];
const binaries = [
  "$.add($)",
  "$.multiply($)",
  "$.subtract($)",
  "$.minimum($)",
  "$.greater(0).where($, $)",
  "$.square().add(1).reciprocal().multiply($)",
];
/** With what the body captures: a matrix, a row, and something that is the same at every step. */
const captures = [
  "$.matmul(p.w)",
  "$.matmul(p.v, { transposeB: true })",
  "$.add(p.b)",
  "$.multiply(p.b.exp().sum().tanh())",
  "$.matmul(p.w.matmul(p.v)).tanh()",
  "$.add([0.5, -0.25, 0.125].slice(0, p.b.size))",
];

class Loop {
  readonly code: string;
  readonly inputs: Record<string, { shape: number[]; data: number[] }>;
  readonly #carries: string[];
  readonly #sequences: string[];
  readonly steps: number;
  readonly #segment: number;
  readonly dtype: "f32" | "f64";

  constructor(random: Random) {
    const [rows, width] = [random.whole(1, 3), random.whole(1, 3)];
    this.dtype = random.pick(["f64", "f64", "f32"] as const);
    this.#segment = random.whole(1, 3);
    this.steps = this.#segment * random.whole(1, 3);
    const named = (letter: string, most: number) =>
      Array.from({ length: random.whole(1, most) }, (_, k) => `${letter}${k}`);
    this.#carries = named("c", 3);
    this.#sequences = named("s", 2);
    const drawn = (...shape: number[]) => ({
      shape,
      data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.round(-1, 1)),
    });
    this.inputs = {
      ...Object.fromEntries(this.#carries.map((name) => [name, drawn(rows, width)])),
      ...Object.fromEntries(this.#sequences.map((name) => [name, drawn(this.steps, rows, width)])),
      w: drawn(width, width),
      v: drawn(width, width),
      b: drawn(width),
    };
    const nodes = [...this.#carries, ...this.#sequences];
    const lines: string[] = [];
    for (let k = random.whole(2, 10); k > 0; k--) {
      const form = random.pick(random.pick([unaries, binaries, binaries, captures]));
      const one = random.pick(nodes);
      const other = random.pick([...nodes.slice(-2), ...this.#carries]);
      // Every $ of a unary is the same node; of the others the first and the rest.
      const same = unaries.includes(form);
      let count = 0;
      const name = `n${lines.length}`;
      lines.push(`  const ${name} = ${form.replace(/\$/g, () => (same || count++ === 0 ? one : other))};`);
      nodes.push(name);
    }
    const late = nodes.slice(-4);
    const next = this.#carries.map((name) => `${name}: ${random.pick(random.chance(0.85) ? late : nodes)}`);
    const outputs = random.some(nodes, 0.3).map((name, k) => `o${k}: ${name}`);
    this.code = [
      `(p, { ${this.#carries.join(", ")} }, { ${this.#sequences.join(", ")} }) => {`,
      ...lines,
      `  return { carry: { ${next.join(", ")} }, output: { ${outputs.join(", ")} } };`,
      "}",
    ].join("\n");
  }

  get shown(): string {
    const list = Object.entries(this.inputs).map(
      ([name, { shape, data }]) => `  ${name}: ${JSON.stringify({ data, shape })},`,
    );
    return [
      `const body = ${this.code};`,
      `// scan( of ${this.steps} steps in ${this.dtype}, segments of ${this.#segment}`,
      ...list,
    ].join("\n");
  }

  get arguments(): Arrays {
    const type = this.dtype === "f32" ? Float32Array : Float64Array;
    return Object.fromEntries(
      Object.entries(this.inputs).map(([name, { shape, data }]) => [name, { data: type.from(data), shape }]),
    );
  }

  get #body(): Body {
    return new Function(...Object.keys(sources), `return ${this.code}`)(...Object.values(sources)) as Body;
  }

  #of(names: readonly string[], p: Inputs): Trees {
    return Object.fromEntries(names.map((name) => [name, p[name] as Tensor]));
  }

  /** A scalar of all results, each element with a weight of its own. */
  #scalar(carry: Trees, output: Trees): Tensor {
    return [...Object.values(carry), ...Object.values(output)]
      .map((t, k) => {
        const weights = Array.from({ length: t.size }, (_, i) => Math.fround(Math.sin(i * (k + 0.7) + 1)));
        return t.multiply({ data: weights, shape: t.shape }).sum();
      })
      .reduce((a, b) => a.add(b));
  }

  looped(options: Options) {
    const body = this.#body;
    return (p: Inputs): Tensor => {
      const { carry, output } = scan((c: Trees, x: Trees) => body(p, c, x), {
        carry: this.#of(this.#carries, p),
        sequences: this.#of(this.#sequences, p),
        ...options,
      });
      return this.#scalar(carry, output);
    };
  }

  nested(options: Options) {
    const body = this.#body;
    const inSegments = (t: Tensor) => t.reshape([t.shape[0]! / this.#segment, this.#segment, ...t.shape.slice(1)]);
    const changed = (trees: Trees, f: (t: Tensor) => Tensor): Trees =>
      Object.fromEntries(Object.entries(trees).map(([name, t]) => [name, f(t)]));
    return (p: Inputs): Tensor => {
      const { carry, output } = scan(
        (c: Trees, segment: Trees) =>
          scan((inner: Trees, x: Trees) => body(p, inner, x), { carry: c, sequences: segment, ...options }),
        {
          carry: this.#of(this.#carries, p),
          sequences: changed(this.#of(this.#sequences, p), inSegments),
          ...options,
        },
      );
      return this.#scalar(
        carry,
        changed(output, (t) => t.reshape([this.steps, ...t.shape.slice(2)])),
      );
    };
  }

  unrolled({ reverse }: Options) {
    const body = this.#body;
    return (p: Inputs): Tensor => {
      let carry = this.#of(this.#carries, p);
      const outputs: Trees[] = [];
      for (let k = 0; k < this.steps; k++) {
        const t = reverse ? this.steps - 1 - k : k;
        const at = this.#sequences.map((name) => [name, p[name]!.slice(0, t, t + 1).reshape(p[name]!.shape.slice(1))]);
        const step = body(p, carry, Object.fromEntries(at) as Trees);
        carry = step.carry;
        outputs[t] = step.output;
      }
      const stacked = Object.keys(outputs[0] as Trees).map((name) => [
        name,
        concatenate(outputs.map((output) => output[name]!.reshape([1, ...output[name]!.shape]))),
      ]);
      return this.#scalar(carry, Object.fromEntries(stacked) as Trees);
    };
  }
}

type Numbers = Readonly<Record<string, ArrayLike<number>>>;

/** Value and gradient, and in f64 the Hessian times a vector. */
function derivativesOf(engine: Engine, loop: Loop, f: (p: Inputs) => Tensor): Numbers {
  const slope = valueAndGrad(engine, f);
  const curvature = hvp(engine, f);
  try {
    const given = loop.arguments;
    const { value, gradient } = slope(given);
    const named = (prefix: string, arrays: Readonly<Record<string, { data: ArrayLike<number> }>>) =>
      Object.entries(arrays).map(([name, { data }]) => [`${prefix} by ${name}`, data] as const);
    const ones = Object.fromEntries(
      Object.entries(loop.inputs).map(([name, { data, shape }]) => [
        name,
        { data: data.map((_, k) => Math.cos(k)), shape },
      ]),
    );
    const second = loop.dtype === "f64" ? named("the second derivative", curvature(given, ones) as never) : [];
    return Object.fromEntries([["the value", [value]], ...named("the gradient", gradient as never), ...second]);
  } finally {
    slope.free();
    curvature.free();
  }
}

function compareTo(what: string, got: Numbers, wanted: Numbers, tolerance: number): void {
  const scale = Math.max(1, ...Object.values(wanted).flatMap((list) => Array.from(list, Math.abs)));
  for (const [name, list] of Object.entries(wanted))
    for (let k = 0; k < list.length; k++) {
      const [a, b] = [got[name]![k] as number, list[k] as number];
      const exact = tolerance === 0 || name === "the value";
      if (Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      if (exact || !(Math.abs(a - b) <= tolerance * scale))
        throw new Error(`${name} ${what}: element ${k} is ${a}, expected ${b}`);
    }
}

let engines: Map<BuildName, Engine> | null = null;

export function drawLoop(random: Random): Drawn {
  const loop = new Loop(random);
  const reverse = random.chance(0.4);
  return {
    code: loop.shown,
    async check() {
      if (!engines) {
        engines = new Map();
        for (const build of builds) if (holds(build, "scan(")) engines.set(build, await engineOf(build));
      }
      const release = engines.get("release") as Engine;
      const tolerance = loop.dtype === "f64" ? 1e-11 : 1e-4;
      const wanted = derivativesOf(release, loop, loop.unrolled({ reverse, memory: "store" }));
      if (!Number.isFinite(wanted["the value"]![0] as number)) return;
      for (const memory of ["store", "recompute"] as const) {
        const options = { reverse, memory };
        const own = derivativesOf(release, loop, loop.looped(options));
        compareTo(`of a loop, ${memory}`, own, wanted, tolerance);
        compareTo(
          `of a loop of loops, ${memory}`,
          derivativesOf(release, loop, loop.nested(options)),
          wanted,
          tolerance,
        );
        for (const [build, engine] of engines)
          compareTo(`of a loop in ${build}, ${memory}`, derivativesOf(engine, loop, loop.looped(options)), own, 0);
      }
    },
  };
}
