// Optimizers by the names and hyper-parameters of PyTorch and Optax.

import { losses, trainerOf, update } from "./problems.mjs";

/** Options without those that are not given. */
const given = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** Weight decay of PyTorch: of all parameters, not only of matrices. */
const decayOf = (weightDecay) => (weightDecay ? { weightDecay, decayFilter: "all" } : {});

/** Descriptions of PyTorch's optimizers, and of the wrappers around them. */
const torch = {
  SGD: ({ sgd }, { momentum, nesterov, dampening, weight_decay }, learningRate) =>
    sgd({
      learningRate,
      ...decayOf(weight_decay),
      ...(momentum && given({ momentum, ...(nesterov ? { nesterov } : { dampening }) })),
    }),
  ...Object.fromEntries(
    [
      ["Adam", "adam"],
      ["AdamW", "adamW"],
      ["NAdam", "nadam"],
      ["RAdam", "radam"],
      ["Adamax", "adamax"],
    ].map(([name, own]) => [
      name,
      (thalweg, { betas: [beta1, beta2] = [], eps: epsilon, amsgrad, momentum_decay, weight_decay }, learningRate) =>
        thalweg[own](
          given({
            learningRate,
            beta1,
            beta2,
            epsilon,
            amsgrad,
            momentumDecay: momentum_decay,
            ...decayOf(weight_decay),
          }),
        ),
    ]),
  ),
  Adagrad: ({ adagrad }, { lr_decay, initial_accumulator_value, eps, weight_decay }, learningRate) =>
    adagrad(
      given({
        learningRate,
        epsilon: eps,
        rateDecay: lr_decay,
        initialAccumulator: initial_accumulator_value,
        ...decayOf(weight_decay),
      }),
    ),
  Adadelta: ({ adadelta }, { rho, eps, weight_decay }, learningRate) =>
    adadelta(given({ learningRate, rho, epsilon: eps, ...decayOf(weight_decay) })),
  RMSprop: ({ rmsprop }, { alpha, eps, centered, momentum, weight_decay }, learningRate) =>
    rmsprop(given({ learningRate, rho: alpha, epsilon: eps, centered, momentum, ...decayOf(weight_decay) })),
  Rprop: ({ rprop }, { lr, etas: [etaMinus, etaPlus] = [], step_sizes: [minStep, maxStep] = [] }) =>
    rprop(given({ learningRate: lr, etaMinus, etaPlus, minStep, maxStep })),
  ASGD: ({ asgd }, { lambd, alpha, t0 }, learningRate) =>
    asgd(given({ learningRate, lambda: lambd, alpha, averageFrom: t0 })),
  Adan: ({ adan }, { betas: [beta1, beta2, beta3] = [], eps: epsilon }, learningRate) =>
    adan(given({ learningRate, beta1, beta2, beta3, epsilon })),
  Lookahead: (thalweg, { inner, period, alpha }, learningRate) =>
    thalweg.lookahead(describe(thalweg, inner, learningRate), { syncPeriod: period, slowStepSize: alpha }),
  SAM: (thalweg, { inner, rho, adaptive }, learningRate) =>
    thalweg.sam(describe(thalweg, inner, learningRate), given({ radius: rho, adaptive })),
  Cautious: (thalweg, { inner }, learningRate) => thalweg.cautious(describe(thalweg, inner, learningRate)),
};

/** Descriptions of Optax's rules. */
const optax = Object.fromEntries(
  [
    ["amsgrad", ({ adam }, options) => adam({ ...options, amsgrad: true })],
    ["nadam", ({ nadam }, options) => nadam(options)],
    ["nadamw", ({ nadamW }, options) => nadamW(options)],
    ["adabelief", ({ adabelief }, options) => adabelief(options)],
    ["lion", ({ lion }, options) => lion(options)],
    // Optax gives vectors to its Adam with Nesterov momentum.
    ["muon", ({ muon, nadam }, options) => muon({ ...options, others: nadam(options) })],
    ["schedule_free_sgd", ({ scheduleFreeSgd }, options) => scheduleFreeSgd(options)],
    ["schedule_free_adamw", ({ scheduleFreeAdamW }, options) => scheduleFreeAdamW(options)],
  ].map(([name, make]) => [
    name,
    (thalweg, { b1, b2, eps, weight_decay }, learningRate) => {
      const decay = weight_decay === undefined ? {} : { weightDecay: weight_decay, decayFilter: "all" };
      return make(thalweg, given({ convention: "optax", learningRate, beta1: b1, beta2: b2, epsilon: eps, ...decay }));
    },
  ]),
);

const descriptions = { ...torch, ...optax };

function describe(thalweg, { optimizer, hyper }, learningRate) {
  return descriptions[optimizer](thalweg, hyper, learningRate);
}

/** Weights by parameter. PyTorch's parameters of ASGD are the iterate; here they are the average, and the iterate is beside it. */
function weightsOf({ readSafetensors }, trainer, optimizer) {
  const weights = Object.entries(trainer.parameters()).map(([name, { data }]) => [name, data]);
  if (optimizer !== "ASGD") return Object.fromEntries(weights);
  const { tensors } = readSafetensors(trainer.save());
  return Object.fromEntries(
    weights.map(([name, data]) => [name, data.map((value, k) => value + tensors[`optimizer.0.${name}`].data[k])]),
  );
}

/** All optimizers, as trainers of an engine. */
export const optimizersOf = (thalweg, engine, dtype) =>
  Object.fromEntries(
    Object.keys(descriptions).map((optimizer) => [
      optimizer,
      (hyper, { name, start }) => {
        let rate = hyper.lr ?? hyper.learning_rate;
        const description = describe(thalweg, { optimizer, hyper }, () => rate);
        const trainer = trainerOf(thalweg, engine, { start, loss: losses[name] }, description, dtype);
        return {
          step(now) {
            rate = now;
            update(trainer);
          },
          weights: () => weightsOf(thalweg, trainer, optimizer),
        };
      },
    ]),
  );
