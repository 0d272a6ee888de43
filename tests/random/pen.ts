// A program while it is drawn: its nodes so far, and where the next one finds operands.

import * as abi from "../../assembly/abi.js";
import { type DType, type Expected, type Plain, rounded, sizeOf } from "./interpreter.js";
import { listed, literal, type Random } from "./random.js";

/** A tensor of the program. */
export interface Node {
  /** As the code calls it; of a constant that stands where it is used, what it is. */
  readonly name: string;
  /** What makes it, with $0, $1, ... for its inputs; none of arguments and of such constants. */
  readonly code: string | null;
  readonly inputs: readonly Node[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly formula: (inputs: readonly Plain[]) => Expected;
  /** Bounds of whole numbers, if they are known. */
  readonly range?: readonly [least: number, largest: number];
  /** No derivative passes through it. */
  readonly frozen?: boolean;
  /** Its numbers, if it is an argument. */
  readonly given?: Float32Array | Float64Array | Int32Array;
}

type Made = Omit<Node, "name" | "code"> & { readonly code: string };

/** Elements of a tensor at most. */
const mostElements = 2400;
const specials = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 0.5],
  ...[5e-324, -3e-310, 1e-40, -1e-45, 2 ** -126, 3e38, -3e38, 1e308, -1e308, 1e16, 88.5, -104, 710, -745],
];

export class Pen {
  readonly nodes: Node[] = [];
  #streams = 0;
  /** Plain numbers of the nodes of a smooth program. */
  readonly #values = new Map<Node, Plain>();

  /**
   * A smooth program is of one type, of moderate numbers and few elements, and keeps away from where there are no derivatives;
   * any other may have everything.
   */
  constructor(
    readonly random: Random,
    readonly smooth: boolean,
    readonly types: readonly ("f32" | "f64")[],
  ) {}

  /** An argument of the function. */
  argument(shape: readonly number[], dtype: DType): Node {
    const count = sizeOf(shape);
    const kind = this.smooth ? "moderate" : this.random.pick(["moderate", "moderate", "special", "scattered", "whole"]);
    const draw = (): number => {
      if (dtype === "i32") return this.random.whole(0, 4);
      if (kind === "whole") return this.random.whole(-2, 2);
      if (kind === "special" && this.random.chance(0.4)) return this.random.pick(specials);
      if (kind === "scattered") return this.random.real(-1, 1) * 2 ** this.random.real(-140, 120);
      return this.random.round(-3, 3, 3);
    };
    const values = Array.from({ length: count }, draw);
    const given =
      dtype === "f32"
        ? Float32Array.from(values)
        : dtype === "f64"
          ? Float64Array.from(values)
          : Int32Array.from(values);
    const node: Node = {
      name: "abcdefgh"[this.nodes.length] as string,
      code: null,
      inputs: [],
      shape,
      dtype,
      given,
      formula: () => ({ data: Array.from(given) }),
      ...(dtype === "i32" ? { range: [0, 4] as const } : {}),
    };
    this.nodes.push(node);
    this.#values.set(node, { data: given, shape });
    return node;
  }

  /** The next node, or null if it is too large or, in a smooth program, too wild. */
  add(made: Made): Node | null {
    if (sizeOf(made.shape) > mostElements || made.shape.length > 6) return null;
    const node: Node = { ...made, name: `v${this.nodes.length}` };
    if (this.smooth) {
      const { data } = node.formula(made.inputs.map((input) => this.value(input)));
      if (!data.every((value) => Math.abs(value) < 1e3)) return null;
      this.#values.set(node, { data: data.map((value) => rounded(value, made.dtype)), shape: made.shape });
    }
    this.nodes.push(node);
    return node;
  }

  /** The numbers of a node of a smooth program. */
  value(node: Node): Plain {
    return this.#values.get(node) ?? { data: node.formula([]).data, shape: node.shape };
  }

  /** A node, later ones more often. */
  #choose(fits: (node: Node) => boolean): Node | null {
    const fitting = this.nodes.filter(fits);
    if (fitting.length === 0) return null;
    const share = this.random.chance(0.6) ? 1 - this.random.share() ** 3 : this.random.share();
    return fitting[Math.min(Math.floor(share * fitting.length), fitting.length - 1)] as Node;
  }

  float(fits: (node: Node) => boolean = () => true): Node | null {
    return this.#choose((node) => node.dtype !== "i32" && fits(node));
  }

  whole(fits: (node: Node) => boolean = () => true): Node | null {
    return this.#choose((node) => node.dtype === "i32" && fits(node));
  }

  any(fits: (node: Node) => boolean): Node | null;
  any(): Node;
  any(fits: (node: Node) => boolean = () => true): Node | null {
    return (
      this.#choose((node) => (node.dtype !== "i32" || this.random.chance(0.4)) && fits(node)) ?? this.#choose(fits)
    );
  }

  type(): "f32" | "f64" {
    return this.random.pick(this.types);
  }

  /** A shape of nothing in particular. */
  shape(most = mostElements): number[] {
    const { random } = this;
    if (this.smooth) return Array.from({ length: random.whole(0, 3) }, () => random.pick([1, 2, 3, 4]));
    const few = (): number[] =>
      Array.from({ length: random.whole(0, 4) }, () => random.pick([1, 1, 2, 3, 4, 5, 7, random.chance(0.4) ? 0 : 2]));
    const kinds = [
      few,
      () => [random.whole(1, 70)],
      () => [random.whole(1023, 1030)],
      () => [random.whole(1, 20), random.whole(1, 40)],
      () => random.shuffled([random.whole(1023, 1030), random.whole(1, 2)]),
    ];
    for (let tries = 0; tries < 20; tries++) {
      const shape = random.pick(kinds)();
      if (sizeOf(shape) <= most) return shape;
    }
    return [];
  }

  /** A number as somebody might write it into a program. */
  number(): number {
    if (!this.smooth && this.random.chance(0.15)) return this.random.pick(specials);
    return this.random.chance(0.3) ? this.random.whole(-2, 3) : this.random.round(-2, 2);
  }

  /** An array that stands where it is used. */
  constant(dtype: "f32" | "f64", shape: readonly number[], draw = (): number => this.number()): Node | null {
    if (sizeOf(shape) > 60) return null;
    const data = Array.from({ length: sizeOf(shape) }, draw);
    const text = `[${listed(data)}]`;
    const name =
      shape.length === 0
        ? literal(data[0]!)
        : shape.length === 1
          ? text
          : `{ data: ${text}, shape: [${shape.join(", ")}] }`;
    return {
      name,
      code: null,
      inputs: [],
      shape,
      dtype,
      formula: () => ({ data: data.map((x) => rounded(x, dtype)) }),
    };
  }

  /** Whole numbers 0 .. below a bound, as a tensor there is or as a list. */
  indices(shape: readonly number[], below: number): Node | null {
    const fits = ({ range, ...node }: Node): boolean =>
      range !== undefined && range[0] >= 0 && range[1] < below && node.shape.join() === shape.join();
    const found = this.random.chance(0.5) ? this.whole(fits) : null;
    if (found) return found;
    const constant = this.constant("f64", shape, () => this.random.whole(0, below - 1));
    return constant && { ...constant, dtype: "i32" };
  }

  /** Another operand for `a`: a tensor or a constant of its type that fits. */
  partner(a: Node, domain?: "apart"): Node | null {
    const fits = (b: Node): boolean => {
      if (b.dtype !== a.dtype) return false;
      const rank = Math.max(a.shape.length, b.shape.length);
      for (let k = 1; k <= rank; k++) {
        const [x, y] = [a.shape.at(-k) ?? 1, b.shape.at(-k) ?? 1];
        if (k <= a.shape.length && k <= b.shape.length && x !== y && x !== 1 && y !== 1) return false;
      }
      return true;
    };
    const found = this.random.chance(0.65) ? this.float(fits) : null;
    if (found) return domain ? this.#moved(found, domain) : found;
    const kept = a.shape.slice(this.random.whole(0, a.shape.length));
    const shape = kept.map((extent) => (extent > 24 || this.random.chance(0.3) ? 1 : extent));
    const draw = domain && this.smooth ? (): number => this.random.round(0.5, 2) : (): number => this.number();
    return this.constant(a.dtype as "f32" | "f64", shape, draw);
  }

  /** A tensor to which an op may be applied whose derivatives are wanted. */
  within(domain: "positive" | "apart" | "aboveMinusOne"): Node | null {
    const x = this.float();
    return x && this.#moved(x, domain);
  }

  #moved(x: Node, domain: "positive" | "apart" | "aboveMinusOne"): Node | null {
    if (!this.smooth) return x;
    const least = domain === "aboveMinusOne" ? -0.8 : 0.2;
    const values = Array.from(this.value(x).data);
    if (values.every((value) => value > least || (domain === "apart" && value < -least))) return x;
    const same = { shape: x.shape, dtype: x.dtype };
    const each = (f: (value: number) => number) => (inputs: readonly Plain[]) => ({
      data: Array.from(inputs[0]!.data, f),
    });
    const square = this.add({ ...same, code: "$0.square()", inputs: [x], formula: each((value) => value * value) });
    return (
      square && this.add({ ...same, code: "$0.add(0.5)", inputs: [square], formula: each((value) => value + 0.5) })
    );
  }

  /** The stream of the next random tensor. */
  nextStream(): number {
    return abi.streamNoise + this.#streams;
  }

  takeStream(): void {
    this.#streams++;
  }
}
