// A chain of equal steps h ← φ(h A): its matrices, its activations, and the gradient that comes back through it.

import { type Engine, grad, scan, type Tensor } from "thalweg";
import type { State } from "./controls.ts";

/** Angle of the rotation in degrees, and the entry beside the diagonal of the shear in units of λ. */
const angle = 30;
const shear = 3;

type Matrix = readonly (readonly [number, number])[];

/** Matrices whose largest |eigenvalue| is λ. */
export const matrices: Readonly<Record<string, (lambda: number) => Matrix>> = {
  symmetric: (lambda) => [
    [0.7 * lambda, 0.3 * lambda],
    [0.3 * lambda, 0.7 * lambda],
  ],
  rotation: (lambda) => {
    const [c, s] = [lambda * Math.cos((angle * Math.PI) / 180), lambda * Math.sin((angle * Math.PI) / 180)];
    return [
      [c, s],
      [-s, c],
    ];
  },
  shear: (lambda) => [
    [lambda, 0],
    [shear * lambda, lambda],
  ],
};
export const matrixNames: readonly string[] = Object.keys(matrices);

interface Step {
  readonly apply: (h: Tensor, a: Tensor) => Tensor;
  readonly code: string;
}

/** Steps of the chain; the sigmoid is moved so that 0 stays at 0, where its slope is largest, 1/4. */
export const steps: Readonly<Record<string, Step>> = {
  linear: { apply: (h, a) => h.matmul(a), code: "h.matmul(a)" },
  tanh: { apply: (h, a) => h.matmul(a).tanh(), code: "h.matmul(a).tanh()" },
  sigmoid: { apply: (h, a) => h.matmul(a).sigmoid().subtract(0.5), code: "h.matmul(a).sigmoid().subtract(0.5)" },
  residual: {
    apply: (h, a) => h.add(h.matmul(a).sigmoid().subtract(0.5)),
    code: "h.add(h.matmul(a).sigmoid().subtract(0.5))",
  },
};
export const stepNames: readonly string[] = Object.keys(steps);

/** Largest |eigenvalue| of a step's derivative at 0: by it the gradient is multiplied in the long run. */
export function radiusOf({ step, matrix, radius }: State): number {
  if (step === "sigmoid") return radius / 4;
  if (step !== "residual") return radius;
  if (matrix !== "rotation") return 1 + radius / 4;
  const turn = (angle * Math.PI) / 180;
  return Math.hypot(1 + (radius / 4) * Math.cos(turn), (radius / 4) * Math.sin(turn));
}

export interface Backward {
  /** Gradients by steps back [steps + 1, 2], that at the end first. */
  readonly gradients: readonly (readonly [number, number])[];
  /** Their norms in units of the first. */
  readonly norms: readonly number[];
}

interface Inputs {
  h: Tensor;
  e: Tensor;
  a: Tensor;
  g: Tensor;
}

/** Gradients of the chain; the program of each kind of step is kept. */
export class Chain {
  readonly #engine: Engine;
  readonly #programs = new Map<string, ReturnType<typeof grad<Inputs & Record<string, Tensor>>>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  #program(step: string) {
    const known = this.#programs.get(step);
    if (known) return known;
    const { apply } = steps[step] as Step;
    // Zeros e are added to the states: the gradient for them is that for the states.
    const program = grad(this.#engine, ({ h, e, a, g }: Inputs & Record<string, Tensor>) => {
      const body = (state: Tensor, zero: Tensor) => {
        const next = apply(state, a).add(zero);
        return { carry: next, output: next };
      };
      return scan(body, { carry: h, sequences: e }).carry.multiply(g).sum();
    });
    this.#programs.set(step, program);
    return program;
  }

  run({ step, matrix, radius, length, state, end }: State): Backward {
    const e = { data: new Float64Array(2 * length), shape: [length, 1, 2] };
    const a = (matrices[matrix] as (lambda: number) => Matrix)(radius);
    const found = this.#program(step)({ h: [[state, state / 2]], e, a, g: [[...end]] });
    const [first, rest] = [found.h?.data ?? [], found.e?.data ?? []];
    const gradients = Array.from({ length }, (_, k): readonly [number, number] => {
      const at = 2 * (length - 1 - k);
      return [Number(rest[at]), Number(rest[at + 1])];
    });
    gradients.push([Number(first[0]), Number(first[1])]);
    const size = Math.hypot(...end);
    return { gradients, norms: gradients.map((g) => (size > 0 ? Math.hypot(...g) / size : 0)) };
  }

  free(): void {
    for (const program of this.#programs.values()) program.free();
  }
}
