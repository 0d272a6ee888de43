// English texts of the spectrum.

export default {
  title: "The spectrum of the Hessian while a network trains",
  settings: "Steps, units, seed",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.edge": "The edge of stability",
  "presets.edge.why":
    "Training itself raises the largest curvature until it reaches 2 / rate, and then it stays about there. Change the rate: the curvature follows.",
  "presets.above": "At the edge from the start",
  "presets.above.why":
    "The largest curvature begins just above 2 / rate. The loss goes down in ripples, as it rises in many steps, and yet descent does not diverge.",
  "presets.below": "Below the edge",
  "presets.below.why":
    "At half of the rate the limit is twice as high, and the curvature has not reached it at the end. The loss falls in every step.",
  "presets.outliers": "As many outliers as classes",
  "presets.outliers.why":
    "With five classes five eigenvalues stand apart from the others, which are close to 0: only few directions are curved. For two or three classes the gap is less clear.",
  "presets.settles": "Cross-entropy flattens again",
  "presets.settles.why":
    "Once all classes are right, cross-entropy goes on shrinking, and all its curvatures with it: the loss becomes flat, and far from the limit.",
  task: "Data",
  "task.ring": "Ring, squared error",
  "task.two": "Two classes",
  "task.three": "Three classes",
  "task.four": "Four classes",
  "task.five": "Five classes",
  rate: "Learning rate",
  steps: "Steps",
  units: "Hidden units",
  seed: "Seed of the weights",
  at: "Step",
  play: "Train",
  pause: "Pause",
  next: "One step",
  sharpness: "The largest eigenvalue against the step, beside 2 / rate",
  loss: "The loss against the step",
  spectrum: "All eigenvalues at a step, from the largest to the least",
  "series.sharpness": "largest eigenvalue",
  "series.limit": "2 / rate = {limit}",
  "series.loss": "loss",
  "series.eigenvalues": "eigenvalues at step {step}",
  "axis.step": "step",
  "axis.sharpness": "largest eigenvalue",
  "axis.loss": "loss",
  "axis.rank": "rank",
  "axis.eigenvalue": "eigenvalue",
  "says.working": "The network is being trained at a rate of {rate}.",
  "says.net":
    "A network of {weights} weights is trained by gradient descent on all data at a rate of {rate}: a direction is stable while its curvature is below 2 / {rate} = {limit}.",
  "says.crossed":
    "The largest curvature is {start} at the start, at or above the limit for the first time at step {crossed}, and {end} at step {steps}; the loss rose in {rises} steps.",
  "says.below":
    "The largest curvature is {start} at the start and {end} at step {steps}, and stays below the limit; the loss rose in {rises} steps.",
  "says.diverged": "The largest curvature is {start} at the start; at step {diverged} the loss is no longer finite.",
  "says.spectrum":
    "At step {step} the loss is {loss}, the eigenvalues lie between {least} and {largest}, {negative} of them are negative, and half are smaller than {median} in magnitude.",
  "says.outliers":
    "The widest gap among the first ten lies behind number {outliers}, a factor of {ratio}; there are {classes} classes.",
  status: "Step {step}: loss {loss}, largest eigenvalue {largest}",
} as const;
