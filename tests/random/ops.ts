// How each exported op is drawn into a program: a row an export, beside the formula of interpreter.ts that says what it is.

import * as plain from "./interpreter.js";
import { type Expected, type Plain, positions, rounded, sizeOf, stepped, stridesOf } from "./interpreter.js";
import type { Node, Pen } from "./pen.js";
import { listed, literal } from "./random.js";

type Row = (pen: Pen) => Node | null;
type Float = "f32" | "f64";

/** Index of a type in pairs of what f32 and f64 have. */
const of = (dtype: string): 0 | 1 => (dtype === "f32" ? 0 : 1);

function unary(name: string, form = name, parameters: (pen: Pen) => number[] = () => []): Row {
  const op = plain.unaries[form] as plain.Unary;
  return (pen) => {
    const x = op.domain ? pen.within(op.domain) : pen.float();
    if (!x) return null;
    const written = parameters(pen);
    const dtype = x.dtype as Float;
    const given = written.map((value) => rounded(value, dtype));
    const text = form === `${name} tanh` ? '"tanh"' : listed(written);
    return pen.add({
      code: `$0.${name}(${text})`,
      inputs: [x],
      shape: x.shape,
      dtype,
      formula: ([a]) => {
        const values = Array.from(a!.data);
        return {
          data: values.map((value) => op.value(value, given)),
          ulps: op.ulps[of(dtype)],
          ...(op.scale ? { scale: values.map(op.scale) } : {}),
          ...(op.lost ? { absolute: values.map((value) => 4 * op.lost!(value) * plain.leastNormal(dtype)) } : {}),
          ...(op.branch ? { branch: values.map((value) => op.branch!(value, given)) } : {}),
        };
      },
    });
  };
}

function binary(name: string, code = `$0.${name}($1)`): Row {
  const op = plain.binaries[name] as plain.Binary;
  return (pen) => {
    const a = name === "power" ? pen.within("positive") : pen.float();
    const b = a && pen.partner(a, name === "divide" ? "apart" : undefined);
    const shape = b && plain.commonShape(a.shape, b.shape);
    if (!shape) return null;
    return pen.add({
      code,
      inputs: [a, b],
      shape,
      dtype: a.dtype,
      formula: ([x, y]) => {
        const [at, to] = [positions(shape, x!.shape), positions(shape, y!.shape)];
        const each = <T>(f: (p: number, q: number) => T): T[] =>
          Array.from(at, (from, k) => f(x!.data[from] as number, y!.data[to[k] as number] as number));
        return {
          data: each(op.value),
          ulps: op.ulps?.[of(a.dtype)] ?? 0,
          ...(op.scale ? { scale: each(op.scale) } : {}),
          ...(op.branch ? { branch: each(op.branch) } : {}),
        };
      },
    });
  };
}

const where: Row = (pen) => {
  const c = pen.float();
  const a = c && pen.partner(c);
  const b = a && pen.partner(c);
  const shape = b && plain.commonShape(c.shape, a.shape, b.shape);
  if (!shape) return null;
  return pen.add({
    code: "$0.where($1, $2)",
    inputs: [c, a, b],
    shape,
    dtype: c.dtype,
    formula: (given) => {
      const [atC, atA, atB] = given.map((x) => positions(shape, x.shape)) as [Int32Array, Int32Array, Int32Array];
      const [of, x, y] = given as [Plain, Plain, Plain];
      const chosen = Array.from(atC, (from) => Number(of.data[from] !== 0));
      return {
        data: chosen.map((first, k) => (first ? x.data[atA[k]!] : y.data[atB[k]!]) as number),
        branch: chosen,
      };
    },
  });
};

/** Axes as somebody might write them, and which they are; `filled` refuses to reduce an axis without elements. */
function drawAxes(pen: Pen, x: Node, filled: boolean): { text: string; axes: number[]; shape: number[] } | null {
  const all = x.shape.map((_, axis) => axis);
  const given = pen.random.chance(0.35) ? null : pen.random.some(all, 0.5);
  const axes = given ?? all;
  if (filled && axes.some((axis) => x.shape[axis] === 0)) return null;
  const keep = pen.random.chance(0.4);
  const written = given?.map((axis) => (pen.random.chance(0.3) ? axis - x.shape.length : axis));
  const one = written?.length === 1 && pen.random.chance(0.5);
  const options = [
    ...(written ? [`axes: ${one ? written[0] : `[${written.join(", ")}]`}`] : []),
    ...(keep ? ["keepDimensions: true"] : []),
  ];
  const shape = keep
    ? x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return { text: options.length > 0 ? `{ ${options.join(", ")} }` : "", axes, shape };
}

function reduction(name: string, filled: boolean, formula: (x: Plain, axes: number[], dtype: Float) => Expected): Row {
  return (pen) => {
    const x = pen.float();
    const drawn = x && drawAxes(pen, x, filled);
    if (!drawn) return null;
    const { text, axes, shape } = drawn;
    const dtype = x.dtype as Float;
    return pen.add({
      code: `$0.${name}(${text})`,
      inputs: [x],
      shape,
      dtype,
      // Without an axis nothing is done; an extremum or a sum of one element is that element.
      formula: ([a]) => (axes.length === 0 ? { data: Array.from(a!.data) } : formula(a!, axes, dtype)),
    });
  };
}

const varianceRow: Row = (pen) => {
  const x = pen.float();
  const drawn = x && drawAxes(pen, x, false);
  if (!drawn) return null;
  const correction = pen.random.whole(0, 1);
  const { text, axes, shape } = drawn;
  if (pen.smooth && correction === 1 && sizeOf(axes.map((axis) => x.shape[axis] as number)) < 2) return null;
  const options = [text.slice(2, -2), ...(correction ? ["correction: 1"] : [])].filter(Boolean).join(", ");
  return pen.add({
    code: `$0.variance(${options && `{ ${options} }`})`,
    inputs: [x],
    shape,
    dtype: x.dtype,
    formula: ([a]) => plain.variance(a!, axes, correction),
  });
};

/** An op over one axis of a tensor that has one. */
function overAxis(
  name: string,
  goes: boolean,
  formula: (x: Plain, axis: number, dtype: Float) => Expected,
  filled = false,
): Row {
  return (pen) => {
    const x = pen.float(({ shape }) => shape.length > 0);
    if (!x) return null;
    const rank = x.shape.length;
    const axis = pen.random.chance(0.5) ? rank - 1 : pen.random.whole(0, rank - 1);
    if (filled && x.shape[axis] === 0) return null;
    const dtype = x.dtype as Float;
    const text = axis === rank - 1 && pen.random.chance(0.5) ? "" : `${pen.random.chance(0.3) ? axis - rank : axis}`;
    return pen.add({
      code: `$0.${name}(${text})`,
      inputs: [x],
      shape: goes ? x.shape.filter((_, k) => k !== axis) : x.shape,
      dtype: name === "argMax" ? "i32" : dtype,
      ...(name === "argMax" ? { range: [0, Math.max((x.shape[axis] as number) - 1, 0)] as const } : {}),
      formula: ([a]) => formula(a!, axis, dtype),
    });
  };
}

const cumulativeSum: Row = (pen) => {
  const x = pen.float(({ shape }) => shape.length > 0);
  if (!x) return null;
  const axis = pen.random.whole(0, x.shape.length - 1);
  const reverse = pen.random.chance(0.5);
  return pen.add({
    code: `$0.cumulativeSum(${axis}${reverse ? ", { reverse: true }" : ""})`,
    inputs: [x],
    shape: x.shape,
    dtype: x.dtype,
    formula: ([a]) => plain.cumulated(a!, axis, reverse),
  });
};

const matmul: Row = (pen) => {
  const a = pen.float(({ shape }) => shape.length >= 2);
  if (!a) return null;
  const transposeA = pen.random.chance(0.3);
  const transposeB = pen.random.chance(0.5);
  const inner = a.shape.at(transposeA ? -2 : -1) as number;
  const fits = ({ shape, dtype }: Node): boolean =>
    dtype === a.dtype &&
    shape.length >= 2 &&
    shape.at(transposeB ? -1 : -2) === inner &&
    plain.commonShape(a.shape.slice(0, -2), shape.slice(0, -2)) !== null;
  const outputs = pen.random.pick([1, 1, 2, 3, 5, 17]);
  const b = pen.float(fits) ?? pen.constant(a.dtype as Float, transposeB ? [outputs, inner] : [inner, outputs]);
  if (!b || !fits(b)) return null;
  const [m, n] = [a.shape.at(transposeA ? -1 : -2) as number, b.shape.at(transposeB ? -2 : -1) as number];
  const lead = plain.commonShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
  const options = [...(transposeA ? ["transposeA: true"] : []), ...(transposeB ? ["transposeB: true"] : [])];
  return pen.add({
    code: `$0.matmul($1${options.length > 0 ? `, { ${options.join(", ")} }` : ""})`,
    inputs: [a, b],
    shape: [...lead, m, n],
    dtype: a.dtype,
    formula: ([x, y]) => plain.matmul(x!, y!, transposeA, transposeB),
  });
};

const crossEntropy: Row = (pen) => {
  const x = pen.float(({ shape }) => shape.length > 0 && shape.at(-1)! > 0);
  const labels = x && pen.indices(x.shape.slice(0, -1), x.shape.at(-1)!);
  if (!labels) return null;
  return pen.add({
    code: "$0.crossEntropy($1)",
    inputs: [x, labels],
    shape: labels.shape,
    dtype: x.dtype,
    formula: ([a, b]) => plain.crossEntropy(a!, b!),
  });
};

/** A node whose elements are elements of another, or 0 where the position is negative. */
function moved(pen: Pen, x: Node, code: string, shape: readonly number[], at: Int32Array): Node | null {
  const widened = at.some((k) => k < 0) && x.range;
  return pen.add({
    code,
    inputs: [x],
    shape,
    dtype: x.dtype,
    ...(x.range ? { range: widened ? ([Math.min(x.range[0], 0), Math.max(x.range[1], 0)] as const) : x.range } : {}),
    formula: ([a]) => ({ data: Array.from(at, (k) => (k < 0 ? 0 : (a!.data[k] as number))) }),
  });
}

const reshape: Row = (pen) => {
  const x = pen.any();
  const count = sizeOf(x.shape);
  const shape: number[] = [];
  let left = count;
  for (let k = pen.random.whole(0, 3); k > 0 && left > 0; k--) {
    const divisors = [1, 2, 3, 4, 5, 7, 11, 64].filter((n) => left % n === 0);
    const extent = pen.random.pick(divisors);
    shape.push(extent);
    left /= extent;
  }
  if (left !== 1) shape.push(left);
  const order = pen.random.shuffled(shape);
  const hidden = count > 0 && order.length > 0 && pen.random.chance(0.4) ? pen.random.whole(0, order.length - 1) : -1;
  const text = order.map((extent, k) => (k === hidden ? -1 : extent)).join(", ");
  return moved(pen, x, `$0.reshape([${text}])`, order, stepped([count], [1], 0));
};

const transpose: Row = (pen) => {
  const x = pen.any();
  const reversed = x.shape.map((_, k) => x.shape.length - 1 - k);
  const plainly = pen.random.chance(0.3);
  const order = plainly ? reversed : pen.random.shuffled(reversed);
  const strides = stridesOf(x.shape);
  const shape = order.map((axis) => x.shape[axis] as number);
  const at = stepped(
    shape,
    order.map((axis) => strides[axis] as number),
    0,
  );
  return moved(pen, x, `$0.transpose(${plainly ? "" : `[${order.join(", ")}]`})`, shape, at);
};

const broadcastTo: Row = (pen) => {
  const x = pen.any();
  const lead = Array.from({ length: pen.random.whole(0, 2) }, () => pen.random.pick([1, 2, 3, 5]));
  const shape = [...lead, ...x.shape.map((extent) => (extent === 1 ? pen.random.pick([0, 1, 2, 4, 7]) : extent))];
  if (pen.smooth && sizeOf(shape) === 0) return null;
  return moved(pen, x, `$0.broadcastTo([${shape.join(", ")}])`, shape, positions(shape, x.shape));
};

const slice: Row = (pen) => {
  const x = pen.any(({ shape }) => shape.length > 0);
  if (!x || x.shape.length === 0) return null;
  const axis = pen.random.whole(0, x.shape.length - 1);
  const extent = x.shape[axis] as number;
  const from = pen.random.whole(0, Math.min(extent, 4));
  const to = pen.random.chance(0.5) ? extent : pen.random.whole(from, extent);
  const count = to - from;
  if (pen.smooth && count === 0) return null;
  const shape = x.shape.map((n, k) => (k === axis ? count : n));
  const strides = stridesOf(x.shape);
  // A negative start or stop counts from the end; 0 from there is the extent itself.
  const start = from < extent && pen.random.chance(0.3) ? from - extent : from;
  const stop =
    to === extent ? (pen.random.chance(0.5) ? "" : `, ${to}`) : `, ${pen.random.chance(0.3) ? to - extent : to}`;
  const own = pen.random.chance(0.3) ? axis - x.shape.length : axis;
  return moved(pen, x, `$0.slice(${own}, ${start}${stop})`, shape, stepped(shape, strides, from * strides[axis]!));
};

const pad: Row = (pen) => {
  const x = pen.any();
  const widths = x.shape.map(() => [pen.random.pick([0, 0, 1, 2]), pen.random.pick([0, 0, 1, 3])] as const);
  const shape = x.shape.map((extent, axis) => extent + widths[axis]![0] + widths[axis]![1]);
  const at = new Int32Array(sizeOf(shape)).fill(-1);
  const strides = stridesOf(shape);
  const inside = stepped(
    x.shape,
    strides,
    widths.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0),
  );
  for (const [k, to] of inside.entries()) at[to] = k;
  return moved(pen, x, `$0.pad([${widths.map(([a, b]) => `[${a}, ${b}]`).join(", ")}])`, shape, at);
};

const concatenate: Row = (pen) => {
  const first = pen.any(({ shape }) => shape.length > 0);
  if (!first || first.shape.length === 0) return null;
  const axis = pen.random.whole(0, first.shape.length - 1);
  const fits = (x: Node): boolean =>
    x.dtype === first.dtype &&
    x.shape.length === first.shape.length &&
    x.shape.every((extent, k) => k === axis || extent === first.shape[k]);
  const parts = [first];
  for (let k = pen.random.whole(0, 3); k > 0; k--) parts.push(pen.any(fits) ?? first);
  if (!parts.every(fits)) return null;
  const shape = first.shape.map((n, k) => (k === axis ? parts.reduce((sum, x) => sum + x.shape[axis]!, 0) : n));
  const ranges = parts.map(({ range }) => range);
  const known = ranges.every((range) => range !== undefined);
  return pen.add({
    code: `concatenate([${parts.map((_, k) => `$${k}`).join(", ")}]${axis === 0 ? "" : `, ${axis}`})`,
    inputs: parts,
    shape,
    dtype: first.dtype,
    ...(known
      ? { range: [Math.min(...ranges.map((r) => r![0])), Math.max(...ranges.map((r) => r![1]))] as const }
      : {}),
    formula: (given) => {
      const data = new Array<number>(sizeOf(shape));
      const strides = stridesOf(shape);
      let at = 0;
      for (const x of given) {
        const to = stepped(x.shape, strides, at * strides[axis]!);
        for (const [k, position] of to.entries()) data[position] = x.data[k] as number;
        at += x.shape[axis] as number;
      }
      return { data };
    },
  });
};

const gather: Row = (pen) => {
  const table = pen.any(({ shape }) => shape.length > 0 && shape[0]! > 0);
  if (!table || table.shape.length === 0 || table.shape[0] === 0) return null;
  const indices = pen.indices(pen.random.pick([[], [1], [3], [5], [2, 2], [0]]), table.shape[0] as number);
  if (!indices) return null;
  const row = sizeOf(table.shape.slice(1));
  return pen.add({
    code: "$0.gather($1)",
    inputs: [table, indices],
    shape: [...indices.shape, ...table.shape.slice(1)],
    dtype: table.dtype,
    ...(table.range ? { range: table.range } : {}),
    formula: ([x, at]) => ({
      data: Array.from(at!.data as number[]).flatMap((index) =>
        Array.from({ length: row }, (_, k) => x!.data[index * row + k] as number),
      ),
    }),
  });
};

const oneHot: Row = (pen) => {
  const labels = pen.whole(({ range }) => range !== undefined && range[0] >= 0 && range[1] < 12);
  if (!labels?.range) return null;
  const classes = labels.range[1] + pen.random.whole(1, 3);
  const dtype = pen.type();
  return pen.add({
    code: `$0.oneHot(${classes}${dtype === "f32" ? "" : ', "f64"'})`,
    inputs: [labels],
    shape: [...labels.shape, classes],
    dtype,
    formula: ([at]) => ({
      data: Array.from(at!.data as number[]).flatMap((label) =>
        Array.from({ length: classes }, (_, k) => Number(k === label)),
      ),
      branch: Array.from(at!.data as number[]),
    }),
  });
};

const cast: Row = (pen) => {
  const x = pen.any();
  const dtype = pen.smooth ? pen.type() : pen.random.pick(["f32", "f64", "f32", "f64", "i32"] as const);
  const wholes = dtype === "i32" || x.dtype === "i32";
  return pen.add({
    code: `$0.cast("${dtype}")`,
    inputs: [x],
    shape: x.shape,
    dtype,
    ...(dtype === "i32" && x.range ? { range: x.range } : {}),
    formula: ([a]) => ({ data: Array.from(a!.data), ...(wholes ? { branch: Array.from(a!.data) } : {}) }),
  });
};

const stopGradient: Row = (pen) => {
  const x = pen.any();
  const count = sizeOf(x.shape);
  const node = moved(pen, x, "$0.stopGradient()", x.shape, stepped([count], [1], 0));
  return node && Object.assign(node, { frozen: true });
};

/** Ops that start from nothing. */
const iota: Row = (pen) => {
  const count = pen.random.pick([1, 2, 5, 9, 33, 1025]);
  const dtype = pen.random.chance(0.4) ? "i32" : pen.type();
  return pen.add({
    code: `iota(engine, ${count}${dtype === "f64" ? "" : `, "${dtype}"`})`,
    inputs: [],
    shape: [count],
    dtype,
    ...(dtype === "i32" ? { range: [0, count - 1] as const } : {}),
    formula: () => ({ data: Array.from({ length: count }, (_, k) => k) }),
  });
};

const fill: Row = (pen) => {
  const dtype = pen.random.chance(0.3) ? "i32" : pen.type();
  const value = dtype === "i32" ? pen.random.whole(0, 3) : pen.number();
  const shape = pen.shape();
  return pen.add({
    code: `fill(engine, ${literal(value)}, [${shape.join(", ")}], "${dtype}")`,
    inputs: [],
    shape,
    dtype,
    ...(dtype === "i32" ? { range: [value, value] as const } : {}),
    formula: () => ({ data: new Array<number>(sizeOf(shape)).fill(value) }),
  });
};

const constant: Row = (pen) => {
  const dtype = pen.random.chance(0.4) ? "i32" : pen.type();
  const shape = pen.shape(24);
  const count = sizeOf(shape);
  const data = Array.from({ length: count }, () => (dtype === "i32" ? pen.random.whole(0, 4) : pen.number()));
  return pen.add({
    code: `constant(engine, { data: [${listed(data)}], shape: [${shape.join(", ")}] }, "${dtype}")`,
    inputs: [],
    shape,
    dtype,
    ...(dtype === "i32" ? { range: [0, 4] as const } : {}),
    formula: () => ({ data }),
  });
};

function drawn(name: string, formula: (count: number, stream: number, probability: number) => Expected): Row {
  return (pen) => {
    const shape = pen.shape();
    const dtype = pen.type();
    const probability = pen.random.pick([0, 0.25, 0.5, 1]);
    const head = name === "bernoulli" ? `${probability}, ` : "";
    const stream = pen.nextStream();
    const node = pen.add({
      code: `${name}(engine, ${head}[${shape.join(", ")}]${dtype === "f64" ? "" : ', "f32"'})`,
      inputs: [],
      shape,
      dtype,
      formula: () => formula(sizeOf(shape), stream, probability),
    });
    if (node) pen.takeStream();
    return node;
  };
}

const pointwiseNames = [...Object.keys(plain.unaries), ...Object.keys(plain.binaries)];

/** A row for each op, by the name it is exported under. */
export const rows: Readonly<Record<string, Row>> = {
  ...Object.fromEntries(Object.keys(plain.unaries).map((name) => [name, unary(name)])),
  clamp: unary("clamp", "clamp", (pen) => {
    const low = pen.random.round(-2, 1);
    return [low, low + pen.random.pick([0, 0.5, 2])];
  }),
  leakyRelu: unary("leakyRelu", "leakyRelu", (pen) => [pen.random.pick([0.01, 0.3, -0.5])]),
  elu: unary("elu", "elu", (pen) => [pen.random.pick([1, 0.7, 2])]),
  gelu: (pen) => (pen.random.chance(0.5) ? unary("gelu") : unary("gelu", "gelu tanh"))(pen),
  ...Object.fromEntries(Object.keys(plain.binaries).map((name) => [name, binary(name)])),
  where,
  sum: reduction("sum", false, plain.summed),
  mean: reduction("mean", false, plain.averaged),
  variance: varianceRow,
  max: reduction("max", true, (x, axes) => plain.extremum(x, axes, Math.max)),
  min: reduction("min", true, (x, axes) => plain.extremum(x, axes, Math.min)),
  product: reduction("product", false, plain.product),
  argMax: overAxis("argMax", true, plain.argMax, true),
  cumulativeSum,
  softmax: overAxis("softmax", false, plain.softmax),
  logSoftmax: overAxis("logSoftmax", false, plain.logSoftmax),
  logSumExp: overAxis("logSumExp", true, plain.logSumExp),
  crossEntropy,
  matmul,
  reshape,
  transpose,
  broadcastTo,
  slice,
  pad,
  concatenate,
  logAddExp: binary("logAddExp", "logAddExp($0, $1)"),
  gather,
  oneHot,
  cast,
  stopGradient,
  iota,
  fill,
  constant,
  uniform: drawn("uniform", plain.uniform),
  normal: drawn("normal", plain.normal),
  bernoulli: drawn("bernoulli", plain.bernoulli),
};
Reflect.deleteProperty(rows, "gelu tanh");

/** Those that are fused into chains. */
export const chained: readonly string[] = [...pointwiseNames.filter((name) => name in rows), "where", "cast"];
