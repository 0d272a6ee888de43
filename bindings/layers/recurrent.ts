// What recurrent layers share: a cell is its gates, applied step by step by one loop; around it directions, layers, dropout and
// rows that end early. The products with the inputs of all steps are one product before the loop; long sequences go in segments,
// a loop of loops, so that these products never take more memory than those of a segment.

import { concatenate, iota } from "../tensors/ops.js";
import { scan } from "../tensors/scan.js";
import { Tensor } from "../tensors/tensor.js";
import { sameShape } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, has, shown } from "../values/options.js";
import { CarriedRows, carriedStates } from "./carriedRows.js";
import { needContext } from "./context.js";
import { rowsAt } from "./faults.js";
import { type Initializer, uniformInitializer } from "./initializers.js";
import {
  defined,
  type Layer,
  type LayerContext,
  type Parameter,
  type Parameters,
  type ParameterTensors,
} from "./layer.js";

/** Options of recurrent cells. */
export interface CellOptions {
  /** Initializer of the weight of the inputs; default uniform in ±1/√units, as in PyTorch. */
  readonly weight?: Initializer;
  /** Initializer of the weight of the state; default uniform in ±1/√units. */
  readonly recurrent?: Initializer;
  /** Initializer of the biases, or false for none; default uniform in ±1/√units. */
  readonly bias?: Initializer | false;
}

/** Options of recurrent layers. */
export interface RecurrentOptions extends CellOptions {
  /** Number of layers, whole, ≥ 1; each takes the outputs of the one below at all steps. Default 1. */
  readonly layers?: number;
  /** True adds to every layer one that runs from the last step to the first, and concatenates both; default false. */
  readonly bidirectional?: boolean;
  /** True returns the outputs of all steps, false (default) the state after the last one. */
  readonly returnSequences?: boolean;
  /** Probability of dropping an output between layers, in [0, 1), drawn anew at every step; default 0. */
  readonly dropout?: number;
  /**
   * Probability of dropping an element of the state before its product with the recurrent weight, in [0, 1), drawn anew at every
   * step; default 0.
   */
  readonly recurrentDropout?: number;
  /**
   * Number of rows of a batch, whole, ≥ 1: in training every batch then starts from the states that its rows had at the end of the batch
   * before. Default: every batch starts from 0. Gradients end at the start of a batch. Batches must be in order, so give `shuffle: false`,
   * and all of this size, so give `lastBatch: "drop"`. Not for bidirectional layers. The states are running state of the trainer, [rows, units], and part of its checkpoints;
   * `setState` replaces them. Evaluation starts from 0.
   */
  readonly stateful?: number;
  /**
   * Values of every step that are kept for the gradient: "store" (default) keeps those that take long to compute; "recompute" keeps the
   * states only, which takes about a quarter of the memory for long sequences, and a quarter to a third more time.
   */
  readonly memory?: "store" | "recompute";
}

/**
 * Sequences [batch, time, features]; or an object of these with the length of every row, [batch], or with a mask [batch, time] of 1
 * and 0. Where a row has ended, or the mask is 0, its state stays as it is and its output is 0.
 */
export type SequenceInput =
  | Tensor
  | {
      /** Sequences [batch, time, inputs]. */
      readonly x: Tensor;
      /** Lengths [batch] of the sequences, whose other steps are skipped; default: all steps count. */
      readonly lengths?: Tensor | undefined;
      /** Mask [batch, time], 0 for steps to skip; default: all steps count. */
      readonly mask?: Tensor | undefined;
    };

type States = { readonly [name: string]: Tensor };

/** A recurrent cell. */
export interface Cell {
  readonly name: string;
  /** Gates, whose weights lie side by side. */
  readonly gates: number;
  /** Names of the states; the first is the output. */
  readonly states: readonly string[];
  /** True if the recurrent product has a bias of its own for the last gate. */
  readonly ownBias: boolean;
  /** The next states, from x W + b, from the state before it meets the recurrent weight, and from the states. */
  step(parameters: ParameterTensors, projected: Tensor, kept: Tensor, states: States): States;
}

/** Gate k of several side by side. */
export function gate(gates: Tensor, k: number, units: number): Tensor {
  return gates.slice(1, k * units, (k + 1) * units);
}

const cellKeys = ["weight", "recurrent", "bias"];
const layerKeys = ["layers", "bidirectional", "returnSequences", "dropout", "recurrentDropout", "stateful", "memory"];

function checkSizes(where: string, inputs: number, units: number): void {
  checkNumber(where, "inputs", inputs, { min: 1, integer: true });
  checkNumber(where, "units", units, { min: 1, integer: true });
}

/** Declarations of the parameters of a cell. */
function parametersOf({ gates, ownBias }: Cell, inputs: number, units: number, options: CellOptions): Parameters {
  const bound = 1 / Math.sqrt(units);
  const { weight, recurrent, bias } = options;
  const of = (given: Initializer | undefined, ...shape: number[]): Parameter => ({
    shape,
    initializer: given ?? uniformInitializer(-bound, bound),
  });
  return {
    weight: of(weight, inputs, gates * units),
    recurrent: of(recurrent, units, gates * units),
    ...(bias === false ? {} : { bias: of(bias, gates * units) }),
    ...(bias === false || !ownBias ? {} : { recurrentBias: of(bias, units) }),
  };
}

/** x W + b. */
function project(x: Tensor, { weight, bias }: ParameterTensors): Tensor {
  const product = x.matmul(weight as Tensor);
  return bias ? product.add(bias) : product;
}

/** The layer of one step of a cell; `more` are keys of its options that not every cell has. */
export function cellLayer(
  cell: Cell,
  inputs: number,
  units: number,
  options: CellOptions,
  more: readonly string[] = [],
): Layer<States, States> {
  const where = `${cell.name}Cell`;
  checkSizes(where, inputs, units);
  checkOptions(where, options, [...more, ...cellKeys]);
  const name = `${where}(${inputs}, ${units})`;
  return defined([where, inputs, units, { ...options }], {
    name,
    parameters: parametersOf(cell, inputs, units, options),
    apply(parameters, given) {
      const wanted = ["x", ...cell.states];
      for (const key of wanted) {
        const tensor = has(given) ? given[key] : undefined;
        if (!(tensor instanceof Tensor))
          throw new TypeError(
            `${name}: "${key}" must be a tensor, got ${shown(tensor)}. Give { ${wanted.join(", ")} }.`,
          );
        const width = key === "x" ? inputs : units;
        if (tensor.rank !== 2 || tensor.shape[1] !== width)
          throw new ShapeError(`${name}: "${key}" has shape [${tensor.shape.join(", ")}], expected [batch, ${width}].`);
      }
      const { x, ...states } = given as { x: Tensor };
      const own = Object.fromEntries(cell.states.map((key) => [key, (states as States)[key] as Tensor]));
      return cell.step(parameters, project(x, parameters), own[cell.states[0] as string] as Tensor, own);
    },
  });
}

/** Sequences with time first, and their mask [time, batch, 1]. */
interface Steps {
  readonly x: Tensor;
  readonly mask: Tensor | undefined;
}

/** One layer in one direction. */
interface Direction {
  readonly cell: Cell;
  readonly units: number;
  readonly parameters: ParameterTensors;
  readonly first: States;
  readonly reverse: boolean;
  readonly memory: "store" | "recompute";
  /** True if the outputs of all steps are needed. */
  readonly outputs: boolean;
  /** Functions that drop elements of an output, and of the state before the recurrent product. */
  readonly dropOutput: (h: Tensor) => Tensor;
  readonly dropState: (h: Tensor) => Tensor;
}

interface Passed {
  readonly carry: States;
  readonly output: Tensor | undefined;
}

/** Runs a direction over some steps, from these states. */
function pass(direction: Direction, first: States, { x, mask }: Steps): Passed {
  const { cell, parameters, reverse, memory, outputs, dropOutput, dropState } = direction;
  const name = cell.states[0] as string;
  const projected = project(x, parameters);
  const step = (states: States, at: { readonly projected: Tensor; readonly mask?: Tensor }) => {
    const next = cell.step(parameters, at.projected, dropState(states[name] as Tensor), states);
    const carry = at.mask
      ? Object.fromEntries(
          cell.states.map((key) => [key, (at.mask as Tensor).where(next[key] as Tensor, states[key] as Tensor)]),
        )
      : next;
    const h = next[name] as Tensor;
    return outputs ? { carry, output: dropOutput(at.mask ? at.mask.where(h, 0) : h) } : { carry };
  };
  const sequences = mask ? { projected, mask } : { projected };
  const { carry, output } = scan<typeof sequences, States, Tensor | undefined>(step, {
    carry: first,
    sequences,
    reverse,
    memory,
  });
  return { carry, output };
}

/** Steps of a segment, and most steps that go in one. */
const segment = 64;
const mostSteps = 128;

/** Runs a direction over all steps. */
function passAll(direction: Direction, { x, mask }: Steps): Passed {
  const { first, reverse, memory, outputs } = direction;
  const steps = x.shape[0] as number;
  if (steps <= mostSteps) return pass(direction, first, { x, mask });
  const count = Math.floor(steps / segment);
  const whole = count * segment;
  const part = (t: Tensor | undefined, from: number, to: number): Tensor | undefined => t?.slice(0, from, to);
  const inSegments = (t: Tensor): Tensor => t.slice(0, 0, whole).reshape([count, segment, ...t.shape.slice(1)]);
  // A segment that is computed again keeps what its own gradient reads: computing that again as well would take twice the time.
  const within: Direction = { ...direction, memory: "store" };
  const passSegments = (states: States): Passed => {
    const sequences = mask ? { x: inSegments(x), mask: inSegments(mask) } : { x: inSegments(x) };
    const body = (carry: States, at: { readonly x: Tensor; readonly mask?: Tensor }) =>
      pass(within, carry, { x: at.x, mask: at.mask });
    const all = scan<typeof sequences, States, Tensor | undefined>(body, { carry: states, sequences, reverse, memory });
    return { carry: all.carry, output: all.output?.reshape([whole, ...all.output.shape.slice(2)]) };
  };
  if (whole === steps) return passSegments(first);
  const passRest = (states: States): Passed =>
    pass(direction, states, { x: part(x, whole, steps) as Tensor, mask: part(mask, whole, steps) });
  const one = reverse ? passRest(first) : passSegments(first);
  const two = reverse ? passSegments(one.carry) : passRest(one.carry);
  const joined = reverse ? [two, one] : [one, two];
  return { carry: two.carry, output: outputs ? concatenate(joined.map(({ output }) => output as Tensor)) : undefined };
}

function checkForm(name: string, what: string, each: string, { shape }: Tensor, wanted: readonly number[]): void {
  if (sameShape(shape, wanted)) return;
  throw new ShapeError(
    `${name}: ${what} must be one for each ${each}: got shape [${shape.join(", ")}], expected [${wanted.join(", ")}].`,
  );
}

/** The mask [time, batch, 1] of rows with these lengths, which are indices into the numbers of steps, so that each is checked. */
function maskOfLengths(name: string, x: Tensor, lengths: Tensor): Tensor {
  const [batch, time] = x.shape as [number, number];
  checkForm(name, "lengths", "row", lengths, [batch]);
  const { engine } = x.trace;
  const cure = ", the steps of x. Check the lengths.";
  const ends = rowsAt(iota(engine, time + 1, x.dtype), lengths, `${name}: lengths`, cure);
  return iota(engine, time, x.dtype).reshape([time, 1]).less(ends).reshape([time, batch, 1]);
}

/** Reads the input of a layer: sequences with time first, and their mask. */
function stepsOf(name: string, inputs: number, given: SequenceInput): Steps {
  const input = given instanceof Tensor ? { x: given } : given;
  checkOptions(name, input, ["x", "lengths", "mask"]);
  const { x, lengths, mask }: { x: Tensor; lengths?: Tensor | undefined; mask?: Tensor | undefined } = input;
  for (const [key, tensor] of Object.entries({ x, lengths, mask }))
    if (!(tensor instanceof Tensor) && (key === "x" || tensor !== undefined))
      throw new TypeError(`${name}: "${key}" must be a tensor, got ${shown(tensor)}.`);
  if (x.rank !== 3 || x.shape[2] !== inputs || x.shape[1] === 0)
    throw new ShapeError(
      `${name}: got [${x.shape.join(", ")}], expected [batch, time, ${inputs}]. Check the inputs, or the layer before.`,
    );
  const values = x.trace.asFloat(x);
  const [batch, time] = x.shape as [number, number];
  if (lengths && mask) throw new TypeError(`${name}: got lengths and a mask. Leave one of them out.`);
  if (mask) checkForm(name, "mask", "row and step", mask, [batch, time]);
  const ofNumbers = (): Tensor | undefined =>
    mask &&
    rowsAt(iota(x.trace.engine, 2, values.dtype as "f32" | "f64"), mask, `${name}: mask`, ". Give 0 for steps to skip.")
      .transpose()
      .reshape([time, batch, 1]);
  return { x: values.transpose([1, 0, 2]), mask: lengths ? maskOfLengths(name, values, lengths) : ofNumbers() };
}

/** Drops elements with a probability in training. */
function dropping(rate: number, name: string, context: LayerContext | undefined): (h: Tensor) => Tensor {
  if (rate === 0) return (h) => h;
  const own = needContext(name, context);
  if (!own.training) return (h) => h;
  return (h) => {
    const { dtype } = h.trace.asFloat(h);
    return h.multiply(own.bernoulli(1 - rate, h.shape, { dtype: dtype as "f32" | "f64" }).divide(1 - rate));
  };
}

/** The checked options of a layer. */
function settingsOf(where: string, options: RecurrentOptions, more: readonly string[]) {
  checkOptions(where, options, [...more, ...cellKeys, ...layerKeys]);
  const { layers = 1, bidirectional = false, returnSequences = false, memory = "store" } = options;
  const { dropout = 0, recurrentDropout = 0, stateful = 0 } = options;
  checkNumber(where, "layers", layers, { min: 1, integer: true });
  checkFlag(where, "bidirectional", bidirectional);
  checkFlag(where, "returnSequences", returnSequences);
  checkNumber(where, "dropout", dropout, { min: 0, below: 1 });
  checkNumber(where, "recurrentDropout", recurrentDropout, { min: 0, below: 1 });
  checkChoice(where, "memory", memory, ["store", "recompute"]);
  if (stateful !== 0) checkNumber(where, "stateful", stateful, { min: 1, integer: true });
  if (stateful !== 0 && bidirectional)
    throw new TypeError(`${where}: stateful is for one direction. Leave out bidirectional.`);
  return { layers, bidirectional, returnSequences, dropout, recurrentDropout, stateful, memory };
}

/** An application of a layer. */
interface Applied {
  readonly name: string;
  readonly cell: Cell;
  readonly units: number;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly parameters: ParameterTensors;
  readonly context: LayerContext | undefined;
}

/** Applies all layers, in all directions, to sequences with time first. */
function applyAll({ name, cell, units, settings, parameters, context }: Applied, { x: given, mask }: Steps): Tensor {
  const { layers, bidirectional, returnSequences, dropout, recurrentDropout, stateful, memory } = settings;
  const rows = given.shape[1] as number;
  const state = cell.states[0] as string;
  const zeros = given.trace.fill(0, [rows, units], given.dtype);
  const none = Object.fromEntries(cell.states.map((key) => [key, zeros]));
  const carried = stateful === 0 ? undefined : new CarriedRows(name, context, rows, stateful);
  const dropState = dropping(recurrentDropout, name, context);
  let x = given;
  for (let k = 0; ; k++) {
    const last = k === layers - 1;
    const own = parameters[`${k}`] as ParameterTensors;
    const common = {
      ...{ cell, units, memory, dropState },
      first: carried?.read(`${k}`) ?? none,
      outputs: returnSequences || !last,
      dropOutput: last ? (h: Tensor) => h : dropping(dropout, name, context),
    };
    const passes = [passAll({ ...common, parameters: own, reverse: false }, { x, mask })];
    if (bidirectional)
      passes.push(passAll({ ...common, parameters: own.backward as ParameterTensors, reverse: true }, { x, mask }));
    carried?.write(`${k}`, (passes[0] as Passed).carry);
    if (!common.outputs)
      return concatenate(
        passes.map(({ carry }) => carry[state] as Tensor),
        1,
      );
    x = concatenate(
      passes.map(({ output }) => output as Tensor),
      2,
    );
    if (last) return x.transpose([1, 0, 2]);
  }
}

/** A recurrent layer, or several, in one or both directions; `more` are keys of its options that not every cell has. */
export function recurrentLayer(
  cell: Cell,
  inputs: number,
  units: number,
  options: RecurrentOptions,
  more: readonly string[] = [],
): Layer<SequenceInput> {
  checkSizes(cell.name, inputs, units);
  const settings = settingsOf(cell.name, options, more);
  const { layers, bidirectional, stateful } = settings;
  const name = `${cell.name}(${inputs}, ${units})`;
  const own = (width: number): Parameters => parametersOf(cell, width, units, options);
  const declared = Array.from({ length: layers }, (_, k) => {
    const width = k === 0 ? inputs : units * (bidirectional ? 2 : 1);
    return [`${k}`, bidirectional ? { ...own(width), backward: own(width) } : own(width)] as const;
  });
  return defined([cell.name, inputs, units, { ...options }], {
    name,
    parameters: Object.fromEntries(declared),
    ...(stateful === 0 ? {} : { state: carriedStates(cell.states, layers, stateful, units) }),
    apply: (parameters, input, context) =>
      applyAll({ name, cell, units, settings, parameters, context }, stepsOf(name, inputs, input)),
  });
}
