// The update rules once more, in plain f64 numbers and straight from their papers: what the engine's are compared with.
// A reference is told where the gradient can be had, the number of the update and the rate; it answers the new weights.

import {
  adabelief,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  adan,
  asgd,
  cautious,
  lion,
  lookahead,
  muon,
  nadam,
  nadamW,
  type Optimizer,
  radam,
  rmsprop,
  rprop,
  sam,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
} from "thalweg";

type Gradient = (weights: readonly number[]) => number[];
export type Reference = (start: {
  readonly weights: readonly number[];
  readonly shapes: readonly (readonly number[])[];
  readonly base: number;
}) => (gradient: Gradient, t: number, h: number) => number[];

export interface Rule {
  readonly name: string;
  readonly optimizer: (learningRate: number) => Optimizer;
  readonly reference: Reference;
  /** Rate by problem, or for all; `constant` if it is not changed half way. */
  readonly rates?: Readonly<Record<string, number>>;
}

/** A rule that treats every weight alike: its state is an object of numbers, changed in place. */
function each<S extends object>(
  state: (w: number) => S,
  rule: (w: number, g: number, s: S, t: number, h: number) => number,
  penalty = 0,
): Reference {
  return ({ weights: start }) => {
    let weights = [...start];
    const states = weights.map(state);
    return (gradient, t, h) => {
      const g = gradient(weights);
      weights = weights.map((w, k) => rule(w, g[k]! + penalty * w, states[k]!, t, h));
      return weights;
    };
  };
}

/** The same with the gradient taken at `place`. */
function placed<S extends object>(
  state: (w: number) => S,
  place: (w: number, s: S, t: number, h: number) => number,
  rule: (w: number, g: number, s: S, t: number, h: number) => number,
): Reference {
  return ({ weights: start }) => {
    let weights = [...start];
    const states = weights.map(state);
    return (gradient, t, h) => {
      const g = gradient(weights.map((w, k) => place(w, states[k]!, t, h)));
      weights = weights.map((w, k) => rule(w, g[k]!, states[k]!, t, h));
      return weights;
    };
  };
}

const slow = { all: 1e-3 };
const none = () => ({});
const velocity = () => ({ v: 0 });
const moments = () => ({ m: 0, v: 0, top: 0 });

interface AdamForm {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly placement?: "outside" | "inside" | "hat";
  readonly root?: number;
  readonly first?: boolean;
  readonly second?: boolean;
  readonly amsgrad?: "raw" | "corrected";
  /** λ of w ← (1 − h λ) w; or of w ← (1 − λ h / base) w. */
  readonly decay?: (h: number) => number;
  readonly penalty?: number;
}

function adamReference(form: AdamForm): Reference {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, placement = "outside", root = 0 } = form;
  const { first = true, second = true, amsgrad, decay = () => 0, penalty = 0 } = form;
  return each(
    moments,
    (w, g, s, t, h) => {
      s.m = beta1 * s.m + (1 - beta1) * g;
      s.v = beta2 * s.v + (1 - beta2) * g * g;
      const c1 = first ? 1 - beta1 ** t : 1;
      const c2 = second ? 1 - beta2 ** t : 1;
      let v = s.v;
      if (amsgrad) v = s.top = Math.max(s.top, amsgrad === "corrected" ? v / c2 : v);
      const corrected = amsgrad === "corrected" ? v : v / c2;
      const kept = (1 - decay(h)) * w;
      if (placement === "hat") return kept - ((h * Math.sqrt(c2)) / c1) * (s.m / (Math.sqrt(v) + epsilon));
      if (placement === "inside") return kept - (h * (s.m / c1)) / Math.sqrt(corrected + epsilon);
      return kept - (h * (s.m / c1)) / (Math.sqrt(corrected + root) + epsilon);
    },
    penalty,
  );
}

/** With the sum of ε as the paper's algorithm has it, update by update. */
const adabeliefReference = (epsilon: number): Reference =>
  each(
    () => ({ m: 0, s: 0 }),
    (w, g, state, t, h) => {
      state.m = 0.9 * state.m + 0.1 * g;
      state.s = 0.999 * state.s + 0.001 * (g - state.m) ** 2 + epsilon;
      const root = Math.sqrt(state.s / (1 - 0.999 ** t));
      return w - (h * (state.m / (1 - 0.9 ** t))) / (root + epsilon);
    },
  );

interface Placement {
  readonly epsilon: number;
  readonly inside: boolean;
}
const over = (s: number, { epsilon, inside }: Placement): number =>
  inside ? Math.sqrt(s + epsilon) : Math.sqrt(s) + epsilon;

const adagradReference = (init: number, placement: Placement, decay = 0): Reference =>
  each(
    () => ({ s: init }),
    (w, g, state, t, h) => {
      state.s += g * g;
      return w - ((h / (1 + (t - 1) * decay)) * g) / over(state.s, placement);
    },
  );

const adadeltaReference = (rho: number, epsilon: number): Reference =>
  each(
    () => ({ s: 0, u: 0 }),
    (w, g, state, _t, h) => {
      state.s = rho * state.s + (1 - rho) * g * g;
      const d = (Math.sqrt(state.u + epsilon) / Math.sqrt(state.s + epsilon)) * g;
      state.u = rho * state.u + (1 - rho) * d * d;
      return w - h * d;
    },
  );

const rmspropReference = (rho: number, placement: Placement, mu = 0, early = false, centered = false): Reference =>
  each(
    () => ({ s: 0, m: 0, b: 0 }),
    (w, g, state, _t, h) => {
      state.s = rho * state.s + (1 - rho) * g * g;
      state.m = rho * state.m + (1 - rho) * g;
      const d = g / over(centered ? Math.max(0, state.s - state.m * state.m) : state.s, placement);
      state.b = mu * state.b + (early ? h * d : d);
      return w - (early ? state.b : h * state.b);
    },
  );

const adamaxReference = (epsilon: number, inside: boolean): Reference =>
  each(
    () => ({ m: 0, u: 0 }),
    (w, g, s, t, h) => {
      s.m = 0.9 * s.m + 0.1 * g;
      s.u = Math.max(0.999 * s.u, Math.abs(g) + (inside ? epsilon : 0));
      const d = s.u + (inside ? 0 : epsilon);
      return d === 0 ? w : w - ((h / (1 - 0.9 ** t)) * s.m) / d;
    },
  );

type Mixing = (t: number) => readonly [number, number];
const nadamReference = (epsilon: number, mixing: () => Mixing, decay = 0): Reference => {
  return (start) => {
    const mix = mixing();
    let at = 0;
    let mixed: readonly [number, number] = [0, 0];
    return each(
      () => ({ m: 0, v: 0 }),
      (w, g, s, t, h) => {
        if (t !== at) mixed = mix(t);
        at = t;
        s.m = 0.9 * s.m + 0.1 * g;
        s.v = 0.999 * s.v + 0.001 * g * g;
        const ahead = mixed[0] * s.m + mixed[1] * g;
        return (1 - h * decay) * w - (h * ahead) / (Math.sqrt(s.v / (1 - 0.999 ** t)) + epsilon);
      },
    )(start);
  };
};
/** Dozat's schedule, the product taken factor by factor. */
const scheduled = (psi: number) => (): Mixing => {
  const mu = (t: number): number => 0.9 * (1 - 0.5 * 0.96 ** (psi * t));
  let product = 1;
  return (t) => {
    product *= mu(t);
    return [mu(t + 1) / (1 - product * mu(t + 1)), (1 - mu(t)) / (1 - product)];
  };
};

const adanReference: Reference = each(
  () => ({ m: 0, v: 0, n: 0, before: Number.NaN }),
  (w, g, s, t, h) => {
    const difference = t === 1 ? 0 : g - s.before;
    s.before = g;
    s.m = 0.98 * s.m + 0.02 * g;
    s.v = 0.92 * s.v + 0.08 * difference;
    s.n = 0.99 * s.n + 0.01 * (g + 0.92 * difference) ** 2;
    const [m, v, n] = [s.m / (1 - 0.98 ** t), s.v / (1 - 0.92 ** t), s.n / (1 - 0.99 ** t)];
    return (w - (h * (m + 0.92 * v)) / (Math.sqrt(n) + 1e-8)) / (1 + h * 0.1);
  },
);

const radamReference = (threshold: number, beta2 = 0.999): Reference =>
  each(
    () => ({ m: 0, v: 0 }),
    (w, g, s, t, h) => {
      s.m = 0.9 * s.m + 0.1 * g;
      s.v = beta2 * s.v + (1 - beta2) * g * g;
      const mean = s.m / (1 - 0.9 ** t);
      const limit = 2 / (1 - beta2) - 1;
      const rho = limit - (2 * t * beta2 ** t) / (1 - beta2 ** t);
      if (rho <= threshold) return w - h * mean;
      const r = Math.sqrt(((rho - 4) * (rho - 2) * limit) / ((limit - 4) * (limit - 2) * rho));
      return w - (h * r * mean) / (Math.sqrt(s.v / (1 - beta2 ** t)) + 1e-8);
    },
  );

const lionReference = (decay: number): Reference =>
  each(velocity, (w, g, s, _t, h) => {
    const step = Math.sign(0.9 * s.v + 0.1 * g);
    s.v = 0.99 * s.v + 0.01 * g;
    return (1 - h * decay) * w - h * step;
  });

const rpropReference: Reference = ({ weights: start, base }) => {
  let weights = [...start];
  const states = weights.map(() => ({ last: 0, size: base }));
  return (gradient) => {
    const g = gradient(weights);
    weights = weights.map((w, k) => {
      const state = states[k]!;
      let slope = g[k]!;
      const turn = Math.sign(slope) * Math.sign(state.last);
      if (turn > 0) state.size = Math.min(1.2 * state.size, 50);
      if (turn < 0) {
        state.size = Math.max(0.5 * state.size, 1e-6);
        slope = 0;
      }
      state.last = slope;
      return w - state.size * Math.sign(slope);
    });
    return weights;
  };
};

interface Free {
  readonly warmup?: number;
  readonly decay?: number;
  readonly adaptive?: boolean;
}
/** With z itself as state, and the sum of squares added up. */
const scheduleFreeReference =
  ({ warmup = 0, decay = 0, adaptive = false }: Free): Reference =>
  (start) => {
    let squares = 0;
    let last = 0;
    let ramp = 1;
    return placed(
      (w) => ({ z: w, v: 0 }),
      (x, { z }) => 0.1 * z + 0.9 * x,
      (x, g, s, t, h) => {
        if (t !== last) {
          last = t;
          ramp = warmup > 0 ? Math.min(1, t / warmup) : 1;
          squares += ramp * ramp;
        }
        const y = 0.1 * s.z + 0.9 * x;
        s.v = 0.999 * s.v + 0.001 * g * g;
        const u = adaptive ? g / (Math.sqrt(s.v / (1 - 0.999 ** t)) + 1e-8) : g;
        s.z -= h * ramp * (u + decay * y);
        const share = (ramp * ramp) / squares;
        return (1 - share) * x + share * s.z;
      },
    )(start);
  };

const asgdReference = (lambda: number, alpha: number, t0: number): Reference =>
  placed(
    (w) => ({ z: w }),
    (_x, { z }) => z,
    (x, g, s, t, h) => {
      const rate = h / (1 + lambda * h * (t - 1)) ** alpha;
      s.z = (1 - lambda * rate) * s.z - rate * g;
      return x + (s.z - x) / Math.max(1, t - 1 - t0);
    },
  );

type Matrix = number[][];
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const transposed = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const mixed = (p: number, a: Matrix, q: number, b: Matrix): Matrix =>
  a.map((row, i) => row.map((value, j) => p * value + q * b[i]![j]!));

/** Five Newton-Schulz iterations, always on the matrix with fewer rows than columns. */
function orthogonalized(u: Matrix, divisor: (norm: number) => number): Matrix {
  const tall = u.length > u[0]!.length;
  const norm = Math.sqrt(u.flat().reduce((sum, value) => sum + value * value, 0));
  let x = (tall ? transposed(u) : u).map((row) => row.map((value) => value / divisor(norm)));
  for (let k = 0; k < 5; k++) {
    const a = product(x, transposed(x));
    x = mixed(3.4445, x, 1, product(mixed(-4.775, a, 2.0315, product(a, a)), x));
  }
  return tall ? transposed(x) : x;
}

interface MuonForm {
  readonly divisor: (norm: number) => number;
  readonly scale: (inputs: number, outputs: number) => number;
  readonly corrected?: boolean;
  readonly decay: number;
}
/** Matrices by Muon, everything else by AdamW with λ = 0.01 on nothing, for biases are spared. */
const muonReference =
  ({ divisor, scale, corrected = false, decay }: MuonForm): Reference =>
  ({ weights: start, shapes, base }) => {
    let weights = [...start];
    let at = 0;
    const parts = shapes.map((shape) => {
      const size = shape.reduce((count, extent) => count * extent, 1);
      at += size;
      return { shape, from: at - size, size, m: new Array<number>(size).fill(0) };
    });
    const others = parts.map(({ from, size }) =>
      adamReference({})({ weights: start.slice(from, from + size), shapes: [], base }),
    );
    return (gradient, t, h) => {
      const g = gradient(weights);
      weights = parts.flatMap((part, k) => {
        const { shape, from, size } = part;
        const slope = g.slice(from, from + size);
        if (shape.length < 2) return others[k]!(() => slope, t, h);
        const [rows = 1, columns = 1] = shape;
        part.m = part.m.map((m, i) => 0.95 * m + 0.05 * slope[i]!);
        const later = corrected ? 1 - 0.95 ** (t + 1) : 1;
        const now = corrected ? 1 - 0.95 ** t : 1;
        const u = part.m.map((m, i) => (0.95 * m) / later + (0.05 * slope[i]!) / now);
        const matrix = Array.from({ length: rows }, (_, i) => u.slice(i * columns, (i + 1) * columns));
        const step = orthogonalized(matrix, divisor).flat();
        return step.map((x, i) => (1 - h * decay) * weights[from + i]! - h * scale(rows, columns) * x);
      });
      return weights;
    };
  };

interface Surroundings {
  /** λ of the decoupled decay, and whether it spares weights that the update makes larger. */
  readonly decay?: number;
  readonly sparing?: boolean;
  readonly masked?: boolean;
  readonly radius?: number;
  readonly adaptive?: boolean;
  readonly slow?: { readonly period: number; readonly part: number };
}
/** What a rule takes off each number, `step`, inside what surrounds it. */
function surrounded<S>(
  state: () => S,
  step: (g: number, s: S, t: number, h: number) => number,
  { decay = 0, sparing = false, masked = false, radius = 0, adaptive = false, slow }: Surroundings,
): Reference {
  return ({ weights: start, shapes }) => {
    let weights = [...start];
    let kept = [...start];
    const states = weights.map(state);
    const sizes = shapes.map((shape) => shape.reduce((count, extent) => count * extent, 1));
    const owner = sizes.flatMap((size, k) => new Array<number>(size).fill(k));
    return (gradient, t, h) => {
      let g = gradient(weights);
      if (radius > 0) {
        const unit = weights.map((w) => (adaptive ? Math.abs(w) : 1));
        const norm = Math.hypot(...g.map((slope, k) => unit[k]! * slope));
        g = gradient(weights.map((w, k) => w + (norm > 0 ? (radius * unit[k]! ** 2 * g[k]!) / norm : 0)));
      }
      let u = g.map((slope, k) => step(slope, states[k]!, t, h));
      if (masked) {
        const agrees = u.map((value, k) => Math.sign(value) * Math.sign(g[k]!) > 0);
        const counts = sizes.map((_, tensor) => agrees.filter((yes, k) => yes && owner[k] === tensor).length);
        u = u.map((value, k) => {
          const tensor = owner[k]!;
          return agrees[k] ? value / Math.max(counts[tensor]! / sizes[tensor]!, 1e-3) : 0;
        });
      }
      weights = weights.map((w, k) => (sparing && w * u[k]! < 0 ? w : (1 - h * decay) * w) - u[k]!);
      if (slow && t % slow.period === 0) {
        kept = kept.map((s, k) => s + slow.part * (weights[k]! - s));
        weights = [...kept];
      }
      return weights;
    };
  };
}
const adamStep = (g: number, s: { m: number; v: number }, t: number, h: number): number => {
  s.m = 0.9 * s.m + 0.1 * g;
  s.v = 0.999 * s.v + 0.001 * g * g;
  return (h * (s.m / (1 - 0.9 ** t))) / (Math.sqrt(s.v / (1 - 0.999 ** t)) + 1e-8);
};
const bufferStep = (g: number, s: { v: number }, _t: number, h: number): number => {
  s.v = 0.9 * s.v + g;
  return h * s.v;
};
const lionStep = (g: number, s: { v: number }, _t: number, h: number): number => {
  const sign = Math.sign(0.9 * s.v + 0.1 * g);
  s.v = 0.99 * s.v + 0.01 * g;
  return h * sign;
};

const original = (inputs: number, outputs: number): number => Math.sqrt(Math.max(1, outputs / inputs));
const matched = (inputs: number, outputs: number): number => 0.2 * Math.sqrt(Math.max(inputs, outputs));
const all = { decayFilter: "all" } as const;

export const rules: readonly Rule[] = [
  {
    name: "sgd",
    optimizer: (learningRate) => sgd({ learningRate }),
    reference: each(none, (w, g, _s, _t, h) => w - h * g),
    rates: slow,
  },
  {
    name: "sgd, penalty of the lectures",
    optimizer: (learningRate) => sgd({ learningRate, convention: "lecture", weightDecay: 0.1, ...all }),
    reference: each(none, (w, g, _s, _t, h) => w - h * (g + 2 * 0.1 * w)),
    rates: slow,
  },
  {
    name: "sgd, decay by Keras",
    optimizer: (learningRate) => sgd({ learningRate, convention: "keras", weightDecay: 0.1, ...all }),
    reference: each(none, (w, g, _s, _t, h) => (1 - h * 0.1) * w - h * g),
    rates: slow,
  },
  {
    name: "momentum by Optax, buffer from zero",
    optimizer: (learningRate) => sgd({ learningRate, convention: "optax", momentum: 0.9 }),
    reference: each(velocity, (w, g, s, _t, h) => {
      s.v = 0.9 * s.v + g;
      return w - h * s.v;
    }),
    rates: slow,
  },
  {
    name: "momentum by the lectures, velocity",
    optimizer: (learningRate) => sgd({ learningRate, convention: "lecture", momentum: 0.9 }),
    reference: each(velocity, (w, g, s, _t, h) => {
      s.v = 0.9 * s.v + h * g;
      return w - s.v;
    }),
    rates: slow,
  },
  {
    name: "heavy ball",
    optimizer: (learningRate) => sgd({ learningRate, momentum: 0.9, momentumForm: "heavyBall" }),
    reference: each(
      (w) => ({ last: w }),
      (w, g, s, _t, h) => {
        const next = w - h * g + 0.9 * (w - s.last);
        s.last = w;
        return next;
      },
    ),
    rates: slow,
  },
  {
    name: "momentum, mean",
    optimizer: (learningRate) => sgd({ learningRate, momentum: 0.9, momentumForm: "ema" }),
    reference: each(velocity, (w, g, s, _t, h) => {
      s.v = 0.9 * s.v + 0.1 * g;
      return w - h * s.v;
    }),
    rates: slow,
  },
  {
    name: "Nesterov by Keras",
    optimizer: (learningRate) => sgd({ learningRate, convention: "keras", momentum: 0.9, nesterov: true }),
    reference: each(velocity, (w, g, s, _t, h) => {
      s.v = 0.9 * s.v - h * g;
      return w + 0.9 * s.v - h * g;
    }),
    rates: slow,
  },
  {
    name: "Nesterov by Optax",
    optimizer: (learningRate) => sgd({ learningRate, convention: "optax", momentum: 0.9, nesterov: true }),
    reference: each(velocity, (w, g, s, _t, h) => {
      s.v = 0.9 * s.v + g;
      return w - h * (g + 0.9 * s.v);
    }),
    rates: slow,
  },
  {
    name: "Nesterov by the lectures, with a penalty",
    optimizer: (learningRate) =>
      sgd({ learningRate, convention: "lecture", momentum: 0.9, nesterov: true, weightDecay: 0.1, ...all }),
    reference: placed(
      velocity,
      (w, s) => w - 0.9 * s.v,
      (w, g, s, _t, h) => {
        s.v = 0.9 * s.v + h * (g + 0.2 * (w - 0.9 * s.v));
        return w - s.v;
      },
    ),
    rates: slow,
  },
  {
    name: "Nesterov, mean",
    optimizer: (learningRate) => sgd({ learningRate, momentum: 0.9, momentumForm: "ema", nesterov: "lookahead" }),
    reference: placed(
      velocity,
      (w, s, _t, h) => w - h * 0.9 * s.v,
      (w, g, s, _t, h) => {
        s.v = 0.9 * s.v + 0.1 * g;
        return w - h * s.v;
      },
    ),
    rates: slow,
  },
  {
    name: "fista",
    optimizer: (learningRate) => sgd({ learningRate, nesterov: "fista" }),
    reference: each(
      (w) => ({ y: w }),
      (x, g, s, t, h) => {
        const y = x - h * g;
        const next = y + ((t - 1) / (t + 2)) * (y - s.y);
        s.y = y;
        return next;
      },
    ),
    rates: { all: 2e-4 },
  },
  {
    name: "adagrad by the lectures",
    optimizer: (learningRate) => adagrad({ learningRate, convention: "lecture" }),
    reference: adagradReference(0, { epsilon: 1e-8, inside: false }),
  },
  {
    name: "adagrad by Keras",
    optimizer: (learningRate) => adagrad({ learningRate, convention: "keras" }),
    reference: adagradReference(0.1, { epsilon: 1e-7, inside: true }),
  },
  {
    name: "adagrad by Optax, with a falling rate",
    optimizer: (learningRate) => adagrad({ learningRate, convention: "optax", rateDecay: 0.1 }),
    reference: adagradReference(0.1, { epsilon: 1e-7, inside: true }, 0.1),
  },
  {
    name: "adadelta by the lectures",
    optimizer: (learningRate) => adadelta({ learningRate, convention: "lecture" }),
    reference: adadeltaReference(0.9, 1e-6),
    rates: { all: 1 },
  },
  {
    name: "adadelta by Keras",
    optimizer: (learningRate) => adadelta({ learningRate, convention: "keras" }),
    reference: adadeltaReference(0.95, 1e-7),
  },
  {
    name: "rmsprop by the lectures",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "lecture" }),
    reference: rmspropReference(0.9, { epsilon: 1e-8, inside: false }),
  },
  {
    name: "rmsprop by Keras",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "keras" }),
    reference: rmspropReference(0.9, { epsilon: 1e-7, inside: true }),
  },
  {
    name: "rmsprop by Keras, with momentum",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "keras", momentum: 0.9 }),
    reference: rmspropReference(0.9, { epsilon: 1e-7, inside: true }, 0.9, true),
  },
  {
    name: "rmsprop by Optax, centered, with momentum",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "optax", centered: true, momentum: 0.5 }),
    reference: rmspropReference(0.9, { epsilon: 1e-8, inside: true }, 0.5, true, true),
  },
  {
    name: "rmsprop by Optax, centered",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "optax", centered: true }),
    reference: rmspropReference(0.9, { epsilon: 1e-8, inside: true }, 0, true, true),
  },
  {
    name: "rmsprop by the lectures, momentum apart from the rate",
    optimizer: (learningRate) => rmsprop({ learningRate, convention: "lecture", momentum: 0.9 }),
    reference: rmspropReference(0.9, { epsilon: 1e-8, inside: false }, 0.9),
  },
  {
    name: "adam by the lectures",
    optimizer: (learningRate) => adam({ learningRate, convention: "lecture" }),
    reference: adamReference({}),
  },
  {
    name: "adam without bias correction",
    optimizer: (learningRate) => adam({ learningRate, biasCorrection: false }),
    reference: adamReference({ first: false, second: false }),
  },
  {
    name: "adam, only the mean corrected",
    optimizer: (learningRate) => adam({ learningRate, biasCorrection: "first" }),
    reference: adamReference({ second: false }),
  },
  {
    name: "adam, epsilon inside",
    optimizer: (learningRate) => adam({ learningRate, epsilonPlacement: "inside", epsilon: 1e-6 }),
    reference: adamReference({ placement: "inside", epsilon: 1e-6 }),
  },
  {
    name: "adam by Keras",
    optimizer: (learningRate) => adam({ learningRate, convention: "keras" }),
    reference: adamReference({ placement: "hat", epsilon: 1e-7 }),
  },
  {
    name: "adam by Optax, with its second epsilon",
    optimizer: (learningRate) => adam({ learningRate, convention: "optax", epsilonRoot: 1e-5 }),
    reference: adamReference({ root: 1e-5 }),
  },
  {
    name: "amsgrad by Keras",
    optimizer: (learningRate) => adam({ learningRate, convention: "keras", amsgrad: true }),
    reference: adamReference({ placement: "hat", epsilon: 1e-7, amsgrad: "raw" }),
  },
  {
    name: "amsgrad by Optax",
    optimizer: (learningRate) => adam({ learningRate, convention: "optax", amsgrad: true }),
    reference: adamReference({ amsgrad: "corrected" }),
  },
  {
    name: "adam with the lectures' penalty",
    optimizer: (learningRate) => adam({ learningRate, convention: "lecture", weightDecay: 0.1, ...all }),
    reference: adamReference({ penalty: 0.2 }),
  },
  {
    name: "adamW by Keras",
    optimizer: (learningRate) => adamW({ learningRate, convention: "keras", ...all }),
    reference: adamReference({ placement: "hat", epsilon: 1e-7, decay: (h) => 4e-3 * h }),
  },
  {
    name: "adamW, decay by the schedule alone",
    optimizer: (learningRate) => adamW({ learningRate, weightDecay: 0.05, decayCoupling: "decoupledSchedule", ...all }),
    reference: adamReference({ decay: () => 0.05 }),
    rates: { all: 0.01, constant: 1 },
  },
  {
    name: "adamax by the lectures",
    optimizer: (learningRate) => adamax({ learningRate, convention: "lecture" }),
    reference: adamaxReference(0, false),
  },
  {
    name: "adamax by Keras",
    optimizer: (learningRate) => adamax({ learningRate, convention: "keras" }),
    reference: adamaxReference(1e-7, false),
  },
  {
    name: "adamax by Optax",
    optimizer: (learningRate) => adamax({ learningRate, convention: "optax" }),
    reference: adamaxReference(1e-8, true),
  },
  {
    name: "nadam by the lectures",
    optimizer: (learningRate) => nadam({ learningRate, convention: "lecture" }),
    reference: nadamReference(1e-8, () => (t) => [0.9 / (1 - 0.9 ** t), 0.1 / (1 - 0.9 ** t)]),
  },
  {
    name: "nadam by Keras",
    optimizer: (learningRate) => nadam({ learningRate, convention: "keras" }),
    reference: nadamReference(1e-7, scheduled(1)),
  },
  {
    name: "nadam by Optax",
    optimizer: (learningRate) => nadam({ learningRate, convention: "optax" }),
    reference: nadamReference(1e-8, () => (t) => [0.9 / (1 - 0.9 ** (t + 1)), 0.1 / (1 - 0.9 ** t)]),
  },
  {
    name: "nadamW",
    optimizer: (learningRate) => nadamW({ learningRate, nadam: "dozat", weightDecay: 0.1, ...all }),
    reference: nadamReference(1e-8, scheduled(0.004), 0.1),
  },
  {
    name: "nadam, schedule at its end from the start",
    optimizer: (learningRate) => nadam({ learningRate, nadam: "dozat", momentumDecay: 0 }),
    reference: nadamReference(1e-8, scheduled(0)),
  },
  {
    name: "adabelief",
    optimizer: (learningRate) => adabelief({ learningRate, epsilon: 1e-8 }),
    reference: adabeliefReference(1e-8),
  },
  {
    name: "adan",
    optimizer: (learningRate) => adan({ learningRate, weightDecay: 0.1, ...all }),
    reference: adanReference,
    rates: slow,
  },
  {
    name: "radam by the lectures",
    optimizer: (learningRate) => radam({ learningRate, convention: "lecture" }),
    reference: radamReference(4),
    rates: slow,
  },
  {
    name: "radam by Optax",
    optimizer: (learningRate) => radam({ learningRate, convention: "optax", beta2: 0.9 }),
    reference: radamReference(5, 0.9),
    rates: slow,
  },
  {
    name: "lion by Keras",
    optimizer: (learningRate) => lion({ learningRate, convention: "keras" }),
    reference: lionReference(0),
  },
  {
    name: "lion by Optax",
    optimizer: (learningRate) => lion({ learningRate, convention: "optax", weightDecay: 0.1, ...all }),
    reference: lionReference(0.1),
  },
  { name: "rprop", optimizer: (learningRate) => rprop({ learningRate }), reference: rpropReference },
  {
    name: "muon",
    optimizer: (learningRate) => muon({ learningRate }),
    reference: muonReference({ divisor: (norm) => Math.max(norm, 1e-7), scale: original, decay: 0.1 }),
  },
  {
    name: "muon by Keras",
    optimizer: (learningRate) => muon({ learningRate, convention: "keras" }),
    reference: muonReference({ divisor: (norm) => norm + 1e-7, scale: matched, decay: 4e-3 }),
  },
  {
    name: "muon by Optax",
    optimizer: (learningRate) => muon({ learningRate, convention: "optax" }),
    reference: muonReference({ divisor: (norm) => norm + 1e-8, scale: original, corrected: true, decay: 0 }),
  },
  {
    name: "scheduleFreeSgd",
    optimizer: (learningRate) => scheduleFreeSgd({ learningRate }),
    reference: scheduleFreeReference({}),
    rates: slow,
  },
  {
    name: "scheduleFreeSgd with warm-up and decay",
    optimizer: (learningRate) => scheduleFreeSgd({ learningRate, warmupSteps: 15, weightDecay: 0.3, ...all }),
    reference: scheduleFreeReference({ warmup: 15, decay: 0.3 }),
    rates: slow,
  },
  {
    name: "scheduleFreeSgd with decoupled decay",
    optimizer: (learningRate) => scheduleFreeSgd({ learningRate, convention: "keras", weightDecay: 0.3, ...all }),
    reference: scheduleFreeReference({ decay: 0.3 }),
    rates: slow,
  },
  {
    name: "scheduleFreeAdamW",
    optimizer: (learningRate) => scheduleFreeAdamW({ learningRate, warmupSteps: 7, weightDecay: 0.3, ...all }),
    reference: scheduleFreeReference({ warmup: 7, decay: 0.3, adaptive: true }),
  },
  {
    name: "asgd",
    optimizer: (learningRate) => asgd({ learningRate, lambda: 0.1, averageFrom: 10 }),
    reference: asgdReference(0.1, 0.75, 10),
    rates: slow,
  },
  {
    name: "lookahead around momentum",
    optimizer: (learningRate) => lookahead(sgd({ learningRate, momentum: 0.9 }), { syncPeriod: 7, slowStepSize: 0.3 }),
    reference: surrounded(velocity, bufferStep, { slow: { period: 7, part: 0.3 } }),
    rates: slow,
  },
  {
    name: "lookahead around cautious adamW",
    optimizer: (learningRate) => lookahead(cautious(adamW({ learningRate, weightDecay: 0.1, ...all }))),
    reference: surrounded(moments, adamStep, { decay: 0.1, masked: true, slow: { period: 5, part: 0.5 } }),
  },
  {
    name: "sam around momentum",
    optimizer: (learningRate) => sam(sgd({ learningRate, momentum: 0.9 })),
    reference: surrounded(velocity, bufferStep, { radius: 0.05 }),
    rates: slow,
  },
  {
    name: "sam, adaptive, around adamW",
    optimizer: (learningRate) =>
      sam(adamW({ learningRate, weightDecay: 0.1, ...all }), { adaptive: true, radius: 0.2 }),
    reference: surrounded(moments, adamStep, { decay: 0.1, radius: 0.2, adaptive: true }),
  },
  {
    name: "cautious around lion",
    optimizer: (learningRate) => cautious(lion({ learningRate })),
    reference: surrounded(velocity, lionStep, { masked: true }),
  },
  {
    name: "cautious around momentum",
    optimizer: (learningRate) => cautious(sgd({ learningRate, convention: "optax", momentum: 0.9 })),
    reference: surrounded(velocity, bufferStep, { masked: true }),
    rates: slow,
  },
  {
    name: "adamW with cautious decay",
    optimizer: (learningRate) => adamW({ learningRate, weightDecay: 0.3, decayCoupling: "cautious", ...all }),
    reference: surrounded(moments, adamStep, { decay: 0.3, sparing: true }),
  },
];
