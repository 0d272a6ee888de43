// English texts of the batch sizes.

export default {
  title: "Batch sizes",
  settings: "Rule of the rate, rate, epochs, seed",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.same": "The same rate for all",
  "presets.same.why":
    "With one rate, batches of 2 are too noisy to settle, and batches of 256 make so few steps that they are not done. What differs here is not the batch alone, but the number of steps.",
  "presets.linear": "Rate × N for batch × N",
  "presets.linear.why":
    "With the rate in proportion to the batch, sizes from 2 to 32 end with almost the same loss after as many epochs, 64 and 128 a little above. At 256 the rate is too large for this network: the rule has an end.",
  "presets.root": "Rate × √N for batch × N",
  "presets.root.why":
    "With the square root, small batches have larger rates than under the linear rule, and end lower; 256 has a smaller one, and ends lower too.",
  "presets.minimum": "Noise at the minimum",
  "presets.minimum.why":
    "At the minimum the gradient of all samples is 0. That of a batch is not: with a constant rate, the weights go on moving.",
  "presets.large": "A rate too large for large batches",
  "presets.large.why":
    "Rate × N from 0.1 at 32: batches of 256 get 0.8, and read hardly more than a quarter of the digits. The rule cannot go beyond the largest rate that the network bears.",
  size: "Batch B",
  distance: "Distance from the minimum",
  rule: "Rate of a batch",
  "rule.same": "the same rate",
  "rule.linear": "rate × B / 32",
  "rule.root": "rate × √(B / 32)",
  rate: "Rate at batch 32",
  epochs: "Epochs",
  seed: "Seed of samples, start and batches",
  cloud: "Gradients of 400 batches as dots, and the gradient of all samples as a line from the origin",
  "cloud.title": "Gradients of batches at one point: dots; of all samples: the line",
  variance: "Variance of the gradients of batches against the batch size, on logarithmic axes",
  "variance.law": "variance of one sample / B",
  "variance.measured": "measured",
  loss: "Loss against epochs, one curve for each batch size",
  "axis.size": "batch B",
  "axis.variance": "variance",
  "axis.epoch": "epoch",
  "axis.loss": "loss",
  table: "Results of the batch sizes",
  "table.caption": "Digits, {epochs} epochs. Times are those of your machine.",
  "table.size": "Batch",
  "table.rate": "Rate",
  "table.steps": "Steps",
  "table.noise": "Gradient noise",
  "table.loss": "Loss",
  "table.accuracy": "Test digits",
  "table.rise": "Rise if shaken",
  "table.time": "Time, ms",
  "table.overflow": "overflow",
  "says.cloud":
    "The gradients of {count} batches of {size} scatter about that of all 512 samples with a variance of {variance}; a single sample has {single}, and divided by {size} that is {law}.",
  "says.training": "Networks are being trained with every batch size.",
  "says.table":
    "With {rule}, {epochs} epochs are {many} steps with batches of {small}, and {few} with batches of {large}.",
  "says.best":
    "Batches of {best} read most test digits right, {accuracy}; on 500 digits this has a standard error of {error} points. The lowest training loss, {loss}, is that of {lowest}.",
  "says.noise": "The gradient noise at the start, times the batch size, lies between {low} and {high} for all sizes.",
};
