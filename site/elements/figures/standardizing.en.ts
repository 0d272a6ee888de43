// English texts of standardizing.

export default {
  title: "Standardized features make level sets round",
  settings: "Means of the features, start",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.valley": "0 to 1 beside 0 to 10",
  "presets.valley.why":
    "One feature is ten times as large as the other, so the loss bends far more along its weight. The rate must fit the steep direction, and is too small for the flat one. Standardized, both are alike.",
  "presets.course": "0 to 1 beside 0 to 10,000",
  "presets.course.why":
    "The course's example: before, no level set closes within the picture, and 5,000 updates are not enough. After it, a few are.",
  "presets.minMax": "Scaled to 0 … 1",
  "presets.minMax.why":
    "Both features have the same range, but means far from 0, so that both weights act alike: a shallow valley remains. Subtracting the mean matters as well.",
  "presets.center": "Only centered",
  "presets.center.why":
    "The means are 0, but one feature is still ten times as large: subtracting the mean alone is not enough.",
  "presets.alike": "Alike from the start",
  "presets.alike.why": "Features of the same range and mean 0 need no standardizing.",
  ratio: "Second range",
  scaling: "After",
  "scaling.standard": "mean 0, deviation 1",
  "scaling.minMax": "scaled to 0 … 1",
  "scaling.center": "mean 0 only",
  offset: "Means of the features, in ranges",
  start: "Start",
  "start.handle": "Start, as the distance to the best weights. Arrow keys move it, with Shift by larger steps.",
  before: "features as they are",
  "plane.before": "Level sets of the loss over the distance of both weights to the best ones, features as they are",
  "plane.after": "The same with scaled features",
  "legend.level": "level sets of the loss",
  "legend.path": "gradient descent, {drawn} updates at the best rate",
  more: "over {limit}",
  "table.features": "Features",
  "table.caption": "Least squares by gradient descent at the best constant rate",
  "table.condition": "Condition number",
  "table.rate": "Rate",
  "table.updates": "Updates to a millionth of the loss",
  "says.condition":
    "With ranges of 1 and {ratio} the condition number is {before} as the features are, and {after} after scaling.",
  "says.updates": "From ({x}, {y}) gradient descent brings the loss to a millionth in {before} updates before, and in {after} after.",
  status: "{before} updates before, {after} after.",
};
