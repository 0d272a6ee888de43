// Composes the schedule of a state from calls of the library: the same calls are made for the figure and written for programs.

import {
  constantSchedule,
  cosineDecay,
  cyclicSchedule,
  exponentialDecay,
  inverseSquareRootDecay,
  inverseTimeDecay,
  joinSchedules,
  linearSchedule,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  type Schedule,
  stepDecay,
  warmRestarts,
  warmup,
} from "thalweg";
import type { State } from "./controls.ts";

const makers = {
  ...{ constantSchedule, cosineDecay, cyclicSchedule, exponentialDecay, inverseSquareRootDecay, inverseTimeDecay },
  ...{ linearSchedule, multiStepDecay, oneCycle, polynomialDecay, stepDecay, warmRestarts, warmup, joinSchedules },
};

type Part = number | string | Call | readonly Part[] | { readonly [name: string]: Part };

/** A call of a function that makes a schedule. */
export class Call {
  constructor(
    readonly maker: keyof typeof makers,
    readonly given: readonly Part[],
  ) {}
}

/** A number without the noise of its computation. */
const plain = (value: number): number => Number(value.toPrecision(4));

/** A piece of a kind from one rate to another over a length, whose places are counted from its beginning. */
function piece(kind: string, state: State, span: { from: number; to: number; begin: number; length: number }): Call {
  const { from, to, begin } = span;
  const length = Math.max(1, span.length);
  const unit = state.unit === "epoch" ? { unit: "epoch" } : {};
  // A decay that never reaches 0 ends at a thousandth instead.
  const above = Math.max(to, plain(from / 1000));
  const call = (maker: keyof typeof makers, options: Record<string, Part>): Call =>
    new Call(maker, [{ ...options, ...unit }]);
  const cycle = Math.max(1, state.cycle);
  switch (kind) {
    case "step":
      return call("stepDecay", { initial: from, length: cycle, factor: state.factor });
    case "multiStep":
      return call("multiStepDecay", { initial: from, milestones: milestonesOf(state, begin), factor: state.factor });
    case "exponential":
      return call("exponentialDecay", { initial: from, rate: plain(above / from), length });
    case "inverseTime":
      return call("inverseTimeDecay", { initial: from, decay: Math.max(0, plain(from / above - 1)), length });
    case "inverseRoot":
      return call("inverseSquareRootDecay", { initial: from, length: Math.max(1, state.hold) });
    case "linear":
      return call("linearSchedule", { from, to, length });
    case "polynomial":
      return call("polynomialDecay", { initial: from, end: to, power: state.power, length });
    case "cosine":
      return call("cosineDecay", { initial: from, ...(to === 0 ? {} : { minimum: to }), length });
    case "restarts":
      return call("warmRestarts", { maximum: from, minimum: to, length: cycle, growth: state.growth });
    case "cyclic":
      return call("cyclicSchedule", { base: Math.min(to, from), peak: from, up: Math.max(1, Math.round(cycle / 2)) });
    case "oneCycle":
      return call("oneCycle", { peak: from, length: Math.max(2, length), upShare: state.up });
    default:
      return new Call("constantSchedule", [from]);
  }
}

/** Milestones in ascending order, each once, counted from where the piece begins. */
export function milestonesOf({ first, second, third }: State, begin: number): number[] {
  const places = [first, second, third].map((place) => Math.max(1, place - begin));
  return [...new Set(places)].sort((a, b) => a - b);
}

/** Length of the warm-up; one cycle has its own. */
export const warmOf = ({ kind, warm, length }: State): number => (kind === "oneCycle" ? 0 : Math.min(warm, length - 1));

/** Place at which the second piece begins; the end if there is none. */
export const turnOf = (state: State): number =>
  state.after === "none" ? state.length : Math.min(Math.max(state.turn, warmOf(state) + 1), state.length - 1);

/** The whole schedule: warm-up if `warms`, then the first piece, then the second. */
export function composed(state: State, warms = true): Call {
  const { kind, after, rate, middle, end, length } = state;
  const begin = warms ? warmOf(state) : 0;
  const turn = turnOf(state);
  const isOne = after === "none";
  const first = piece(kind, state, { from: rate, to: isOne ? end : middle, begin, length: turn - begin });
  const second = (): Call =>
    piece(after, state, { from: Math.max(middle, 1e-4), to: end, begin: turn, length: length - turn });
  const unit = state.unit === "epoch" ? [{ unit: "epoch" }] : [];
  const all = isOne
    ? first
    : new Call("joinSchedules", [[{ schedule: first, until: turn - begin }, { schedule: second() }], ...unit]);
  if (begin === 0) return all;
  return new Call("warmup", [{ length: begin, schedule: all, ...(unit[0] ?? {}) }]);
}

/** The schedule that a call makes. */
export function made(call: Call): Schedule {
  const value = (part: Part): unknown => {
    if (part instanceof Call) return made(part);
    if (Array.isArray(part)) return part.map(value);
    if (typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, value(inner as Part)]));
  };
  return (makers[call.maker] as unknown as (...given: unknown[]) => Schedule)(...call.given.map(value));
}

/** Text of a call in a program, long ones in lines. */
export function codeOf(call: Call, indent = ""): string {
  const inner = `${indent}  `;
  const text = (part: Part, at: string): string => {
    if (part instanceof Call) return codeOf(part, at);
    if (Array.isArray(part)) {
      const items = part.map((item) => text(item, `${at}  `));
      return items.some((item) => item.includes("schedule:"))
        ? `[\n${items.map((item) => `${at}  ${item},\n`).join("")}${at}]`
        : `[${items.join(", ")}]`;
    }
    if (typeof part !== "object") return JSON.stringify(part);
    return `{ ${Object.entries(part)
      .map(([name, value]) => `${name}: ${text(value as Part, at)}`)
      .join(", ")} }`;
  };
  const plainText = `${call.maker}(${call.given.map((part) => text(part, indent)).join(", ")})`;
  if (plainText.length + indent.length <= 100 || call.maker !== "warmup") return plainText;
  const [options] = call.given as [Record<string, Part>];
  const lines = Object.entries(options).map(([name, value]) => `${inner}${name}: ${text(value, inner)},\n`);
  return `${call.maker}({\n${lines.join("")}${indent}})`;
}

/** Names of the functions in a call. */
export function makersIn({ maker, given }: Call): string[] {
  const inside = (part: Part): string[] => {
    if (part instanceof Call) return makersIn(part);
    return typeof part === "object" ? Object.values(part).flatMap(inside) : [];
  };
  return [...new Set([maker, ...given.flatMap(inside)])].sort();
}
