// English texts of batch normalization while a network learns.

export default {
  title: "Batch normalization while a deep network learns",
  settings: "Activation, start, unit",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.shift": "Internal covariate shift",
  "presets.shift.why":
    "Without batch norm the inputs of the last hidden layer begin in a narrow band, and widen and move while the layers below learn. With it they have about the same range from the first update on.",
  "presets.sigmoid": "Sigmoids, rate 1",
  "presets.sigmoid.why":
    "Four layers of sigmoids pass on almost no differences: without batch norm the inputs are nearly the same for all points, and nothing is learned.",
  "presets.rate": "A large rate with ReLU",
  "presets.rate.why":
    "At a rate of 1.6 the network without batch norm breaks within a few updates: the unit gets the same input from all points, and the loss stays at that of guessing. With batch norm the same rate learns.",
  "presets.careless": "A careless start",
  "presets.careless.why":
    "All weights begin as N(0, 0.01²). Signals and gradients vanish on the way through four layers, unless batch norm scales them up again.",
  "presets.fair": "Well tuned without it",
  "presets.fair.why":
    "With a good start and a rate that fits, tanh learns well without batch norm too. Batch norm makes the choice less important.",
  rate: "Learning rate",
  activation: "Activation",
  "activation.tanh": "tanh",
  "activation.sigmoid": "sigmoid",
  "activation.relu": "ReLU",
  start: "Start",
  "start.usual": "Xavier, for ReLU He",
  "start.careless": "N(0, 0.01²)",
  unit: "Unit of the last hidden layer",
  seed: "Seed of the weights",
  again: "Other weights",
  without: "Inputs of a unit, without batch norm",
  with: "Inputs of the same unit, with batch norm",
  losses: "Loss of both networks",
  "line.median": "median",
  "line.outer": "15th and 85th percentile",
  "axis.update": "update",
  "axis.input": "input of unit {unit}",
  "table.network": "Network",
  "table.caption": "Update {update} of {updates}",
  "table.loss": "Loss",
  "table.accuracy": "Accuracy",
  "table.learned": "95 % first at update",
  "table.moved": "Inputs moved in {every} updates",
  "row.without": "without batch norm",
  "row.with": "with batch norm",
  diverged: "diverged",
  "says.training": "Both networks train: update {update} of {updates}.",
  "says.loss":
    "After {updates} updates at a rate of {rate} the loss is {without} without batch norm, and {with} with it.",
  "says.both": "95 % of the points are right first at update {without} without it, and at update {with} with it.",
  "says.only": "With it 95 % of the points are right first at update {with}, without it never.",
  "says.moved":
    "In {every} updates the inputs of the last hidden layer move by {before} of their spread without it, and by {after} with it, as a mean over units and updates.",
  "says.dead":
    "Without it most units of the last hidden layer get nearly the same input from all points; with it their inputs move by {after} of their spread in {every} updates.",
  status: "Update {update}: loss {without} without, {with} with batch norm.",
};
