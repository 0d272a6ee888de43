// English texts of the overfitting.

export default {
  title: "A simple and a wild curve through the same points",
  settings: "Samples, degree, noise",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.wild": "No penalty",
  "presets.wild.why":
    "There are as many weights as samples, so the curve passes through each of them, noise included. Between the outer samples it is far from the function. Drag a point and see how far away the curve moves.",
  "presets.simple": "A penalty of about the right size",
  "presets.simple.why":
    "The curve misses the samples a little and comes close to the dashed function. The training loss is higher than without a penalty, the test loss is lower.",
  "presets.stiff": "Too large a penalty",
  "presets.stiff.why": "The curve can hardly bend: both losses are high. This is underfitting.",
  "presets.small": "No penalty, but a small model",
  "presets.small.why":
    "A polynomial of degree 3 has four weights and cannot follow the noise. A smaller model is another way to a simple curve; a penalty leaves the model its size.",
  "presets.many": "No penalty, but more samples",
  "presets.many.why":
    "With twice as many samples, a polynomial of the same degree can no longer pass through all of them: the best remedy, if it can be had.",
  "presets.clean": "Without noise",
  "presets.clean.why":
    "Samples without noise: even the curve through all of them is close to the function, and no penalty is needed.",
  lambda: "λ",
  count: "Samples",
  degree: "Degree of the polynomial",
  noise: "Noise σ",
  seed: "Seed of the noise",
  points: "Samples",
  "points.handle": "Sample {k}. Arrow keys move it up and down, with Shift by larger steps.",
  plane: "Samples, the function that they are measured of, and polynomials through them",
  chart: "Training and test loss against λ",
  "legend.truth": "function",
  "legend.wild": "fit with λ = 0",
  "legend.now": "fit with this λ",
  "legend.test": "test samples",
  "axis.loss": "mean squared error",
  best: "best",
  "table.caption": "Fits of the same polynomial",
  "table.fit": "Fit",
  "table.training": "Training loss",
  "table.test": "Test loss",
  "table.largest": "Largest |w|",
  "row.zero": "no penalty, λ = 0",
  "row.now": "this λ, {lambda}",
  "row.best": "best λ, {lambda}",
  "says.through":
    "Without a penalty the polynomial of degree {degree} passes through all {count} samples: its training loss is {training}, its test loss {test}.",
  "says.near":
    "Without a penalty the polynomial of degree {degree} has a training loss of {training} on the {count} samples, and a test loss of {test}.",
  "says.now": "With λ = {lambda} the training loss is {training} and the test loss {test}.",
  "says.best": "The test loss is lowest at λ = {lambda}, where it is {test}.",
  "says.none": "No λ of the slider makes the test loss lower than λ = 0.",
  status: "λ = {lambda}: training loss {training}, test loss {test}.",
};
