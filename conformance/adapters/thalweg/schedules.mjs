// Schedules by the names and arguments of PyTorch and Optax.

const span = ({ lr, start_factor, end_factor = 1, total_iters }) => ({
  from: lr * start_factor,
  to: lr * end_factor,
  length: total_iters,
});

/** Momentum falls while the learning rate rises. */
const cycle = ({ base_lr, max_lr, base_momentum, max_momentum }, quantity) =>
  quantity === "lr" ? { base: base_lr, peak: max_lr } : { base: max_momentum, peak: base_momentum };

const modes = { triangular: "triangular", triangular2: "triangular2", exp_range: "expRange" };

const torch = {
  StepLR: ({ stepDecay }, { lr, step_size, gamma }) => stepDecay({ initial: lr, length: step_size, factor: gamma }),
  MultiStepLR: ({ multiStepDecay }, { lr, milestones, gamma }) =>
    multiStepDecay({ initial: lr, milestones, factor: gamma }),
  ConstantLR: ({ joinSchedules }, { lr, factor, total_iters }) =>
    joinSchedules([{ schedule: lr * factor, until: total_iters }, { schedule: lr }]),
  LinearLR: ({ linearSchedule }, args) => linearSchedule(span(args)),
  ExponentialLR: ({ exponentialDecay }, { lr, gamma }) => exponentialDecay({ initial: lr, rate: gamma }),
  PolynomialLR: ({ polynomialDecay }, { lr, power, total_iters }) =>
    polynomialDecay({ initial: lr, power, length: total_iters }),
  CosineAnnealingLR: ({ cosineDecay }, { lr, T_max, eta_min }) =>
    cosineDecay({ initial: lr, minimum: eta_min, length: T_max, after: "oscillate" }),
  CosineAnnealingWarmRestarts: ({ warmRestarts }, { lr, T_0, T_mult, eta_min }) =>
    warmRestarts({ maximum: lr, minimum: eta_min, length: T_0, growth: T_mult }),
  CyclicLR: ({ cyclicSchedule }, args, quantity) => {
    const { step_size_up: up, step_size_down: down, mode, gamma } = args;
    const law = mode === "exp_range" ? { mode: modes[mode], gamma } : { mode: modes[mode] };
    return cyclicSchedule({ ...cycle(args, quantity), up, down, ...law });
  },
  OneCycleLR: ({ oneCycle }, args, quantity) => {
    const { max_lr: peak, div_factor, final_div_factor, base_momentum, max_momentum } = args;
    const start = peak / div_factor;
    const law = {
      length: args.total_steps,
      upShare: args.pct_start,
      anneal: args.anneal_strategy === "cos" ? "cosine" : "linear",
      threePhase: args.three_phase,
    };
    return quantity === "lr"
      ? oneCycle({ ...law, peak, start, end: start / final_div_factor })
      : oneCycle({ ...law, peak: base_momentum, start: max_momentum, end: max_momentum });
  },
  SequentialLR: (thalweg, { lr, schedulers, milestones }) =>
    thalweg.joinSchedules(
      schedulers.map((part, k) => ({
        schedule: describe(thalweg, part, lr),
        ...(k < milestones.length && { until: milestones[k] }),
      })),
    ),
  ChainedScheduler: (thalweg, { lr, schedulers }) =>
    schedulers
      .map((part, k) => describe(thalweg, part, k === 0 ? lr : 1))
      .reduce((product, factor) => thalweg.scaleSchedule(product, { factor })),
  ReduceLROnPlateau: ({ plateauSchedule }, args) =>
    plateauSchedule({
      initial: args.lr,
      mode: args.mode === "min" ? "minimize" : "maximize",
      factor: args.factor,
      patience: args.patience,
      threshold: args.threshold,
      thresholdMode: args.threshold_mode === "rel" ? "relative" : "absolute",
      cooldown: args.cooldown,
      minimum: args.min_lr,
    }),
};

const optax = {
  exponential_decay: ({ exponentialDecay }, args) => {
    const { init_value: initial, transition_steps: length, decay_rate: rate, staircase = false, end_value: end } = args;
    return exponentialDecay({ initial, length, rate, staircase, ...(end !== undefined && { end }) });
  },
  polynomial_schedule: ({ polynomialDecay }, { init_value, end_value, power, transition_steps }) =>
    polynomialDecay({ initial: init_value, end: end_value, power, length: transition_steps }),
  linear_schedule: ({ linearSchedule }, { init_value, end_value, transition_steps }) =>
    linearSchedule({ from: init_value, to: end_value, length: transition_steps }),
  cosine_decay_schedule: ({ cosineDecay }, { init_value, decay_steps, alpha, exponent = 1 }) =>
    cosineDecay({ initial: init_value, length: decay_steps, relativeMinimum: alpha, exponent }),
  cosine_onecycle_schedule: ({ oneCycle }, { transition_steps, peak_value }) =>
    oneCycle({ peak: peak_value, length: transition_steps, convention: "optax" }),
  warmup_constant_schedule: ({ warmup }, { init_value, peak_value, warmup_steps }) =>
    warmup({ from: init_value, length: warmup_steps, schedule: peak_value }),
  warmup_cosine_decay_schedule: ({ warmup, cosineDecay }, args) => {
    const { init_value, peak_value, warmup_steps, decay_steps, end_value } = args;
    const schedule = cosineDecay({ initial: peak_value, minimum: end_value, length: decay_steps - warmup_steps });
    return warmup({ from: init_value, length: warmup_steps, schedule });
  },
};

const descriptions = { ...torch, ...optax };

function describe(thalweg, { schedule, args }, lr) {
  return descriptions[schedule](thalweg, { lr, ...args }, "lr");
}

/** The schedule of a case. */
export const scheduleOf = (thalweg, { schedule, args, quantity }) => descriptions[schedule](thalweg, args, quantity);

/** All schedules, tabulated by an engine. */
export const schedulesOf = (thalweg, engine) =>
  Object.fromEntries(
    Object.keys(descriptions).map((schedule) => [
      schedule,
      (args, { count, quantity, metrics = [] }) =>
        thalweg.scheduleValues(engine, scheduleOf(thalweg, { schedule, args, quantity }), count, { losses: metrics }),
    ]),
  );
