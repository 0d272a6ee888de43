// English texts of the widths.

export default {
  title: "Local optima against network size",
  settings: "Task, updates, seed",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.usual": "Six bends",
  "presets.usual.why":
    "Networks of 2 units end at two different heights: some starts find a good fit, others stay where one unit does all the work. With 8 units or more all starts end close together.",
  "presets.easy": "A single wave",
  "presets.easy.why":
    "sin(x) on −2 .. 2 has nearly the shape of tanh: one unit fits it well, and at no width a start is stuck.",
  "presets.short": "Short training",
  "presets.short.why":
    "After 200 updates wide networks are close together too, but higher: their remaining loss is unfinished training, not a local optimum.",
  "presets.long": "Long training",
  "presets.long.why":
    "After 2,000 updates wide networks are lower still, while narrow ones that are stuck are as high as before.",
  starts: "Random starts",
  frequency: "Frequency ω of the task sin(ω x)",
  updates: "Updates",
  seed: "First seed",
  progress: "Widths that are trained",
  "chart.losses": "Final loss of every start against the width",
  "chart.spread": "Standard deviation of the final losses against the width",
  "axis.width": "hidden units",
  "axis.loss": "final loss",
  "axis.deviation": "deviation of the losses",
  "mark.start": "One start",
  "mark.median": "Median",
  "mark.deviation": "Standard deviation",
  table: "Final losses by width",
  "table.caption": "Final losses of {starts} starts after {updates} updates",
  "column.width": "Hidden units",
  "column.lowest": "Lowest",
  "column.median": "Median",
  "column.highest": "Highest",
  "column.deviation": "Deviation",
  "says.task":
    "Networks of one hidden layer learn sin({frequency} x) from 32 points, each width from {starts} random starts, in {updates} updates of Adam.",
  "says.training": "Networks of width {width} are trained now.",
  "says.narrow":
    "With 2 hidden units the final losses lie between {lowest} and {highest}, with a deviation of {deviation}.",
  "says.wide": "With 64 they lie between {lowest} and {highest}, with a deviation of {deviation}.",
  status: "{done} of {all} widths are trained.",
  "status.done": "All widths are trained.",
};
