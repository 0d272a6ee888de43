// Runs all cases through an adapter and returns a report.

import { cases } from "./cases.js";
import { flat, judged } from "./compare.js";
import { problems } from "./problems.js";

/**
 * Numbers of an array, flattened by rows.
 * @typedef {{ data: ArrayLike<number>, shape: readonly number[] }} Numbers
 */

/**
 * Connection to a library. Every function may return a promise, and may throw `unsupported(reason)`.
 * @typedef {object} Adapter
 * @property {string} name     the library
 * @property {string} version  its version
 * @property {"f32" | "f64"} dtype  type of its numbers, which decides the tolerance
 * @property {Record<string, string>} [notes]  facts about failures, by the name of the op, optimizer or schedule
 * @property {(f: (tensors: Record<string, any>) => any, inputs: Record<string, Numbers>, upstream: Numbers[]) =>
 *   { outputs: Numbers[], gradients: Record<string, Numbers> } | Promise<any>} [differentiate]
 *   values of f, whose result is one tensor or a list of them, and the gradients of the inputs when `upstream` is fed back
 * @property {Record<string, (tensors: Record<string, any>, args: Record<string, any>) => any>} [ops]
 *   ops on tensors of the library, by PyTorch's names and arguments
 * @property {Record<string, (hyper: Record<string, any>, problem: import("./problems.js").Problem) =>
 *   { step(rate: number): void | Promise<void>, weights(): Record<string, ArrayLike<number>> | Promise<any> }>} [optimizers]
 *   optimizers at the start of a problem: `step` makes one update with a learning rate, `weights` returns flat numbers
 * @property {Record<string, (args: Record<string, any>, requested: { count: number, quantity: string, metrics?: number[] }) =>
 *   ArrayLike<number>>} [schedules]
 *   the first `count` values of a schedule
 */

/**
 * Outcome of a case. "convention" is a pass with the figures of another convention in use, which `convention` names.
 * @typedef {object} Result
 * @property {"ops" | "optimizers" | "schedules"} group
 * @property {string} name   name of the op, optimizer or schedule
 * @property {string} title  unique title of the case
 * @property {"passed" | "convention" | "failed" | "unsupported"} status
 * @property {number} [difference]  largest difference, relative to the largest expected number
 * @property {number} [tolerance]   largest difference that passes there
 * @property {string} [at]          where it is, with both numbers
 * @property {string} [convention]
 * @property {string} [reason]      why it is unsupported, or the error
 */

/** Error for a case that a library cannot express. */
export function unsupported(reason) {
  return Object.assign(new Error(reason), { name: "Unsupported" });
}

/** Reason of cases of which the adapter has no name. */
export const notInAdapter = "not in the adapter";

/** Factor over the difference of PyTorch's or Optax's own float32 that passes in f32. */
const slack = 10;
const floor32 = 1e-5;

/** Tolerance of figures from which the float32 of the library that was recorded differs by `float32`. */
const toleranceOf = (dtype, f64, float32 = 0) => (dtype === "f64" ? f64 : Math.max(floor32, slack * float32));

function checkShape(what, array, shape) {
  if (`${array?.shape}` !== `${shape}`) throw new Error(`${what} of shape [${array?.shape}], expected [${shape}]`);
}

async function judgeOp({ dtype, ops, differentiate }, entry) {
  const { op, args, inputs, shapes, float32 } = entry;
  const expected = entry.outputs ?? [entry.output];
  const extents = entry.outShapes ?? [entry.outShape];
  let k = 0;
  const upstream = extents.map((shape) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    return { data: Array.from({ length: size }, () => (shape.length === 0 ? 1 : Math.cos(++k))), shape };
  });
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, { data: flat(value), shape: shapes[name] }]),
  );
  const { outputs, gradients } = await differentiate((tensors) => ops[op](tensors, args), given, upstream);
  for (const [n, shape] of extents.entries()) checkShape("output", outputs[n], shape);
  for (const [name, shape] of Object.entries(shapes)) checkShape(`gradient of ${name}`, gradients[name], shape);
  const tolerance = toleranceOf(dtype, 1e-12, float32);
  const values = expected.map((value, n) => ({
    where: expected.length > 1 ? `output ${n} ` : "output ",
    got: flat(outputs[n].data),
    expected: flat(value),
    tolerance,
  }));
  const compared = (grads) =>
    judged([
      ...values,
      ...Object.entries(grads)
        .filter(([, grad]) => grad !== null)
        .map(([name, grad]) => ({
          where: `gradient of ${name} `,
          got: flat(gradients[name].data),
          expected: flat(grad),
          tolerance,
        })),
    ]);
  return choose(compared(entry.grads), entry.conventions, ({ grads }) => compared(grads));
}

async function judgeOptimizer({ dtype, optimizers }, entry) {
  const { optimizer, hyper, problem, rates, trace } = entry;
  const run = await optimizers[optimizer](hyper, problems[problem]);
  const reached = new Map();
  // Beyond are updates that are not finite in the float32 of the library that was recorded.
  const finite = (points) => points.filter(({ float32 }) => dtype === "f64" || float32 !== null);
  for (let step = 1; step <= finite(trace).at(-1).step; step++) {
    const [, rate] = rates.findLast(([from]) => from <= step);
    await run.step(rate);
    if (trace.some((point) => point.step === step)) reached.set(step, copied(await run.weights()));
  }
  const compared = (points) =>
    judged(
      finite(points).flatMap(({ step, weights, float32 }) =>
        Object.entries(weights).map(([name, expected]) => ({
          where: `step ${step}, ${name}`,
          got: reached.get(step)[name],
          expected,
          tolerance: toleranceOf(dtype, step <= 20 ? 1e-9 : 1e-7, float32),
        })),
      ),
    );
  return choose(compared(trace), entry.conventions, (other) => compared(other.trace));
}

const copied = (weights) => Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, flat(data)]));

async function judgeSchedule({ dtype, schedules }, { schedule, args, quantity, metrics, values }) {
  const requested = { count: values.length, quantity, ...(metrics && { metrics }) };
  const got = flat(await schedules[schedule](args, requested));
  const tolerance = dtype === "f64" ? 1e-12 : 1e-6;
  return judged([{ where: "value ", got, expected: values, tolerance }]);
}

/** The comparison itself if it fits, else the first convention that fits. */
function choose(plain, conventions = [], compare) {
  if (plain.fits) return plain;
  for (const convention of conventions) {
    const other = compare(convention);
    if (other.fits) return { ...other, convention: convention.name };
  }
  return plain;
}

const groups = {
  ops: { nameOf: ({ op }) => op, judge: judgeOp },
  optimizers: { nameOf: ({ optimizer }) => optimizer, judge: judgeOptimizer },
  schedules: { nameOf: ({ schedule }) => schedule, judge: judgeSchedule },
};

async function resultOf(judge, adapter, entry) {
  try {
    const { fits, difference, tolerance, at, convention } = await judge(adapter, entry);
    if (!fits) return { status: "failed", difference, tolerance, at };
    return { status: convention ? "convention" : "passed", difference, tolerance, ...(convention && { convention }) };
  } catch (error) {
    return { status: error.name === "Unsupported" ? "unsupported" : "failed", reason: error.message };
  }
}

/**
 * Runs all cases that an adapter supports.
 *
 * @param {Adapter} adapter
 * @param {{ only?: readonly string[] }} [options]  `only`: names of the ops, optimizers and schedules to run; default all
 * @returns {Promise<{ name: string, version: string, dtype: string, notes: Record<string, string>, results: Result[] }>}
 * @throws {TypeError} the adapter has no name or type, has ops but cannot differentiate, or there is no case for a name
 */
export async function run(adapter, { only = [] } = {}) {
  check(adapter);
  const known = new Set(Object.entries(groups).flatMap(([group, { nameOf }]) => cases[group].map(nameOf)));
  for (const name of only) if (!known.has(name)) throw new TypeError(`run: there is no case for ${name}.`);
  const results = [];
  for (const [group, { nameOf, judge }] of Object.entries(groups))
    for (const entry of cases[group]) {
      const name = nameOf(entry);
      if (only.length > 0 && !only.includes(name)) continue;
      const supported = adapter[group]?.[name] !== undefined;
      const result = supported
        ? await resultOf(judge, adapter, entry)
        : { status: "unsupported", reason: notInAdapter };
      results.push({ group, name, title: entry.title, ...result });
    }
  const { name, version, dtype, notes = {} } = adapter;
  return { name, version, dtype, notes, results };
}

function check(adapter) {
  if (typeof adapter?.name !== "string" || !["f32", "f64"].includes(adapter.dtype))
    throw new TypeError('run: the adapter needs a name, and dtype "f32" or "f64".');
  if (adapter.ops && typeof adapter.differentiate !== "function")
    throw new TypeError("run: the adapter has ops, and needs differentiate.");
  for (const [group, { nameOf }] of Object.entries(groups)) {
    const names = new Set(cases[group].map(nameOf));
    for (const name of Object.keys(adapter[group] ?? {}))
      if (!names.has(name))
        throw new TypeError(`run: there is no case for ${group}.${name}. Known are ${[...names].join(", ")}.`);
  }
}
