// Creates trainers of parts of one model: the options and their checks.

import { checkEngine, type Engine } from "../../engine/engine.js";
import { SharedRegion } from "../../engine/sharedRegion.js";
import { isLayer, type Layer } from "../../layers/layer.js";
import { type NamedLayers, network } from "../../layers/network.js";
import type { Loss } from "../../losses/classes.js";
import type { Tensor } from "../../tensors/tensor.js";
import { blockBytes } from "../../tensors/trace.js";
import { wholeLines } from "../../values/arrays.js";
import { within } from "../../values/errors.js";
import { checkChoice, checkNumber, checkOptions, isRecord, nearest, shown, wrongKind } from "../../values/options.js";
import { optionNames, type TrainerOptions, trainerParts } from "../create.js";
import { drawInitialValues } from "../initialize.js";
import { arenaBytes } from "../layout.js";
import { type Layout, layOutParameters, layOutState } from "../parameters.js";
import type { TrainerParts } from "../parts.js";
import { layOutShared } from "./layout.js";
import { Member } from "./member.js";
import { computationOf, type LayerLoss, type LayersApply } from "./model.js";
import { Trainers } from "./trainers.js";

/** Options of one of several trainers: those of a trainer without the model, and without seed and dtype, which are common. */
export interface PartTrainerOptions<Layers extends NamedLayers = NamedLayers>
  extends Omit<TrainerOptions, "model" | "loss" | "seed" | "dtype"> {
  /** Name of the layer whose parameters it trains, or several names. All other parameters are frozen for it. */
  readonly trains: (keyof Layers & string) | readonly (keyof Layers & string)[];
  /** Function of the layers and the inputs that returns the output of the model: the prediction. */
  readonly apply: LayersApply<Layers>;
  /**
   * Loss to minimize: a loss of prediction and targets, or a function (layers, prediction, targets, weights) that may apply
   * layers and returns a scalar, or numerator and denominator of a mean.
   */
  readonly loss: Loss | LayerLoss<Layers>;
}

/** Options of `createTrainers`. */
export interface TrainersOptions<Layers extends NamedLayers = NamedLayers, Names extends string = string> {
  /** Layers by name. Their parameters are named "generator.0.weight". */
  readonly layers: Layers;
  /** Options of each trainer by its name. */
  readonly trainers: Readonly<Record<Names, PartTrainerOptions<NoInfer<Layers>>>>;
  /** Seed of initial weights, row order and dropout: an integer, 0 .. 2⁵³ − 1; default 0. */
  readonly seed?: number;
  /** Type of parameters and arithmetic of all trainers, "f32" (default) or "f64". */
  readonly dtype?: "f32" | "f64";
}

/** Options that are those of all trainers, or made of others. */
const commonNames = ["model", "seed", "dtype"];
/** Names of the options of one trainer. A function, as bundles keep what is computed at import. */
const partNames = (): string[] => ["trains", "apply", ...optionNames.filter((name) => !commonNames.includes(name))];

/** Distance of the seeds of consecutive trainers: far from those that are counted up by hand. */
const seedDistance = 2 ** 40;

/**
 * Creates several trainers of named layers, for models of which parts have different losses and optimizers: generator and
 * critic, actor and critic. Weights and running state exist once: all trainers use what one of them changed.
 *
 * Each is an ordinary trainer with all methods, whose model is its own function of the layers. A parameter that it does not train is
 * not part of its gradients, norms, penalties and decays. Running state, such as that of batch norm, is updated by every
 * trainer whose function applies the layer. Step number, schedules, optimizer state, average and random numbers belong to one
 * trainer: the first has the seed, and each following one a seed that is larger by 2⁴⁰, modulo 2⁵³. An average of the weights
 * covers all parameters, at the updates of its trainer. Only one trainer can change at a time: during a run of `fit`, the
 * others can predict and evaluate.
 *
 * `save` and `restore` of the result treat all trainers together. Those of a single trainer include all weights.
 *
 * @param engine   the engine
 * @param options  layers by name; trainers by name, each with trains, apply, loss and optimizer and other options of a trainer;
 *                 seed and dtype are optional
 * @throws TypeError   a part of the wrong kind, an unknown option, options that contradict each other, a trainer that trains
 *                     nothing, or an optimizer that keeps weights which other trainers change
 * @throws RangeError  an unknown name of a layer, or a number out of range
 * @throws MemoryError not enough memory for the parameters
 * @example
 * const logits = binaryCrossEntropyWithLogits();
 * const gan = createTrainers(engine, {
 *   layers: {
 *     generator: sequential([linear(2, 8), tanh(), linear(8, 1)]),
 *     critic: sequential([linear(1, 8), tanh(), linear(8, 1)]),
 *   },
 *   trainers: {
 *     generator: {
 *       trains: "generator",
 *       apply: ({ generator }, noise) => generator(noise),
 *       loss: ({ critic }, made, wanted) => logits.apply(critic(made), wanted),
 *       optimizer: adam({ learningRate: 1e-3, beta1: 0.5 }),
 *     },
 *     critic: {
 *       trains: "critic",
 *       apply: ({ critic }, points) => critic(points),
 *       loss: logits,
 *       optimizer: adam({ learningRate: 1e-3, beta1: 0.5 }),
 *     },
 *   },
 * });
 * const { generator, critic } = gan.trainers;
 * const noise = [[0.3, -1], [0.2, 0.7]];
 * const made = generator.predict(noise);
 * critic.step({ inputs: [[2.1], [1.9], ...made.data].flat().map((x) => [x]), targets: [[1], [1], [0], [0]] });
 * generator.step({ inputs: noise, targets: [[1], [1]] });
 * Object.keys(critic.parameters())[0]; // "generator.0.weight"
 * @see Goodfellow et al., *Generative adversarial nets*, NIPS 2014, algorithm 1
 */
export function createTrainers<const Layers extends NamedLayers, Names extends string>(
  engine: Engine,
  options: TrainersOptions<Layers, Names>,
): Trainers<Names> {
  const where = "createTrainers";
  checkEngine(where, engine);
  checkOptions(where, options, ["layers", "trainers", "seed", "dtype"]);
  const { seed = 0, dtype = "f32" } = options;
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  checkChoice(where, "dtype", dtype, ["f32", "f64"]);
  const layers = checkLayers(where, options.layers);
  if (!isRecord(options.trainers) || Object.keys(options.trainers).length === 0)
    throw wrongKind(
      where,
      "trainers",
      "options of trainers by name",
      options.trainers,
      "{ critic: { trains, apply, … } }",
    );
  const given = Object.entries({ ...options.trainers } as Record<string, PartTrainerOptions>);
  const planned = given.map(([name, part], k) => {
    const own = (seed + k * seedDistance) % 2 ** 53;
    return plan(`${where}: ${name}`, name, part, layers, { seed: own, dtype });
  });
  const names = given.map(([name]) => name);
  const own = planned.map(({ parts, trained }, k) =>
    renamed(`${where}: ${names[k]}`, () => layOutParameters(trained, parts, dtype)),
  );
  for (const k of names.keys()) checkTraining(where, names, planned, own, k);
  const [{ parts }] = planned as [Planned, ...Planned[]];
  const layouts = renamed(where, () => layOutShared(parts.model, parts.optimizer, own));
  return new Trainers(create(engine, where, names, planned, layouts));
}

function checkLayers(where: string, layers: NamedLayers): NamedLayers {
  const example = "{ generator: sequential([…]), critic: sequential([…]) }";
  if (!isRecord(layers) || Array.isArray(layers) || Object.keys(layers).length === 0)
    throw wrongKind(where, "layers", "layers by name", layers, example);
  for (const [name, layer] of Object.entries(layers)) {
    if (!isLayer(layer)) throw wrongKind(where, `layers.${name}`, "a layer", layer, "sequential([linear(2, 1)])");
    if (name.includes("/")) throw new RangeError(`${where}: the name "${name}" of a layer contains "/". Rename it.`);
  }
  return { ...layers };
}

/** A trainer before it is created: its parts, and the layers that it trains as a model. */
interface Planned {
  readonly parts: TrainerParts;
  readonly trained: Layer;
}

/** Checks the options of one trainer and returns its parts. */
function plan(
  where: string,
  name: string,
  given: PartTrainerOptions,
  layers: NamedLayers,
  common: { readonly seed: number; readonly dtype: "f32" | "f64" },
): Planned {
  checkOptions(where, given, partNames());
  if (name.includes("/")) throw new RangeError(`${where}: the name of the trainer contains "/". Rename it.`);
  const { trains, apply, loss, ...others } = given;
  const trained = checkTrains(where, trains, layers);
  if (typeof apply !== "function") throw wrongKind(where, "apply", "a function", apply, "({ critic }, x) => critic(x)");
  const listed = Object.entries(layers).map(([key, layer]) => `${key}: ${layer.name}`);
  const label = `${name} (trains ${Object.keys(trained).join(", ")}) of { ${listed.join(", ")} }`;
  const computation = computationOf(where, label, layers, apply, loss);
  const parts = trainerParts(where, { ...others, ...common, ...computation });
  const { name: optimizer, gradientFree } = parts.optimizer;
  if (gradientFree)
    throw new TypeError(
      `${where}: optimizer cannot be ${optimizer}, which compares the losses of its steps, between which other trainers change ` +
        "weights. Use one with a gradient.",
    );
  return { parts, trained: network(trained, (_, x: Tensor) => x) };
}

/** Returns the layers that a trainer trains. */
function checkTrains(where: string, trains: unknown, layers: NamedLayers): NamedLayers {
  const known = Object.keys(layers);
  const names: unknown[] = [trains].flat();
  if (names.length === 0 || !names.every((name) => typeof name === "string"))
    throw wrongKind(where, "trains", "the name of a layer or an array of names", trains, shown(known[0]));
  for (const name of names as string[]) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new RangeError(
      `${where}: trains names no layer: got "${name}". ` +
        (near ? `Did you mean "${near}"?` : `Known layers: ${known.join(", ")}.`),
    );
  }
  return Object.fromEntries(Object.entries(layers).filter(([name]) => names.includes(name)));
}

/** Runs `body`, whose errors name `createTrainer`, and renames them. */
function renamed<T>(where: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(/^createTrainer:/, `${where}:`);
    throw error;
  }
}

/** Rejects a trainer that trains nothing, or whose optimizer keeps weights that another trainer trains. */
function checkTraining(
  where: string,
  names: readonly string[],
  planned: readonly Planned[],
  layouts: readonly Layout[],
  own: number,
): void {
  const trainedBy = (layout: Layout | undefined): string[] =>
    (layout?.parameters ?? []).filter(({ frozen }) => !frozen).map(({ name }) => name);
  const mine = trainedBy(layouts[own]);
  if (mine.length === 0)
    throw new TypeError(
      `${where}: ${names[own]}: trains nothing: its layers have no parameters, or its groups freeze them. Give trains a layer ` +
        "with parameters.",
    );
  const { optimizer, groups } = (planned[own] as Planned).parts;
  const all = [optimizer, ...groups.flatMap((group) => group.optimizer ?? [])];
  const keeper = all.find(
    ({ weightsAre, wrappers }) => weightsAre ?? wrappers.some(({ keepsWeights }) => keepsWeights),
  );
  if (!keeper) return;
  for (const [k, layout] of layouts.entries()) {
    const common = k === own ? undefined : trainedBy(layout).find((name) => mine.includes(name));
    if (common)
      throw new TypeError(
        `${where}: ${names[own]}: optimizer cannot be ${keeper.name}, which keeps other weights beside "${common}", and ` +
          `${names[k]} trains "${common}" too. Use an optimizer such as adam(), or train it once.`,
      );
  }
}

/** Creates the trainers over a common region; frees everything if one cannot be created. */
function create(
  engine: Engine,
  where: string,
  names: readonly string[],
  planned: readonly Planned[],
  layouts: readonly Layout[],
): Member[] {
  const [{ parts: first }] = planned as [Planned, ...Planned[]];
  const [layout] = layouts as [Layout, ...Layout[]];
  const { dtype, seed } = first;
  // Behind the running state lie the scheduled numbers of layers, and of the losses of the trainer that runs.
  const bytes = planned.map(({ parts }) => {
    const { elements, scheduled } = layOutState(parts.model, dtype, layout.parameters.length);
    return blockBytes(dtype, elements) + wholeLines(8 * scheduled.length);
  });
  const size = arenaBytes(layout) + Math.max(...bytes);
  const shared = within(where, () => new SharedRegion(engine, size));
  engine.bytes.fill(0, shared.address, shared.address + size);
  const members: Member[] = [];
  shared.hold();
  try {
    for (const [k, { parts }] of planned.entries()) {
      const name = names[k] as string;
      const make = () => new Member(name, parts, layouts[k] as Layout, shared, members);
      members.push(renamed(`${where}: ${name}`, make));
    }
    const [{ memory }] = members as [Member, ...Member[]];
    renamed(where, () => drawInitialValues(engine, memory.parameters, memory.state, seed));
    for (const member of members) member.memory.copyWeightsToWrappers();
  } catch (error) {
    for (const member of members) member.free();
    throw error;
  } finally {
    shared.release();
  }
  return members;
}
