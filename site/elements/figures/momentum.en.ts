// English texts of the figure of momentum.

export default {
  title: "Learning rate and momentum",
  settings: "Curvature, point, steps",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.zigzag": "Zig-zag without momentum",
  "presets.zigzag.why":
    "The curvatures are 100 and 1. At a rate of 0.019, just below the limit of 2/100, plain descent jumps from wall to wall and creeps along the valley. Now choose the next example.",
  "presets.cured": "The same rate with momentum 0.8",
  "presets.cured.why":
    "Nothing changed but β. The small gradients along the valley agree and add up; those across alternate and cancel.",
  "presets.gentle": "Course: β = 0.5",
  "presets.gentle.why":
    "½ x² from 1 at a rate of 0.1. With β = 0.5 the run goes hardly beyond the minimum. Compare it with the next two.",
  "presets.usual": "Course: β = 0.9",
  "presets.usual.why":
    "The usual momentum runs beyond the minimum by more than half of the way that it came, and Nesterov's by about a third.",
  "presets.strong": "Course: β = 0.99",
  "presets.strong.why":
    "Almost nothing of the speed is lost, so that the run swings back and forth nearly as far as it began. Large momentum needs many steps to settle.",
  "presets.limit": "Just above the limit, no momentum",
  "presets.limit.why":
    "Without momentum the rate must stay below 2 over the largest curvature. Raise β a little: the limit moves to the right, and the heavy ball converges at the same rate.",
  "presets.parabola": "x² with rate 0.4",
  "presets.parabola.why":
    "The curvature is 2. A rate of 0.4 leaves a fifth of the error a step; 0.5 lands in one step, 1 jumps back and forth for ever, and above 1 every step lands farther away. Move the rate.",
  rule: "Map of",
  "rule.momentum": "Momentum (heavy ball)",
  "rule.nesterov": "Nesterov momentum",
  "rule.none": "No momentum",
  condition: "Condition number κ",
  best: "Go to the best point",
  steep: "Largest curvature λ₂",
  point: "Point",
  "point.x": "rate",
  "point.y": "momentum",
  "point.handle":
    "Learning rate and momentum. Left and right change the rate, up and down the momentum; with Shift by larger steps.",
  "point.words": "rate {rate}, momentum {momentum}",
  steps: "Steps shown",
  map: "Factor of the error a step, by rate and momentum",
  paths: "The library's runs over level sets",
  distances: "Distance from the minimum",
  directions: "Error in the flat and in the steep direction against step",
  directionsOf: "Error in each direction: {rule}",
  "legend.factor": "Factor a step:",
  "legend.grows": "the error grows",
  "region.steady": "steady",
  "region.oscillates": "oscillates",
  "region.alternates": "alternates",
  "region.diverges": "diverges",
  "region.best": "best",
  "axis.rate": "learning rate h →",
  "axis.momentum": "↑ momentum β",
  "axis.flat": "flat, λ₁ →",
  "axis.steep": "↑ steep, λ₂",
  "axis.step": "step",
  "axis.distance": "distance",
  "axis.error": "error",
  "series.law": "closed form",
  "series.flat": "flat direction",
  "series.steep": "steep direction",
  "table.caption": "The three rules at this rate, from (1, 1)",
  "table.rule": "Rule",
  "table.factor": "Factor, closed form",
  "table.measured": "Factor, measured",
  "table.flat": "Beyond, flat",
  "table.steep": "Beyond, steep",
  "table.settled": "Within 1 % from step",
  "settled.never": "never",
  "says.shrinks":
    "{rule} at rate {rate} and β = {momentum}: the closed form says that the error shrinks by the factor {factor} a step, and the library's run measures {measured}.",
  "says.grows":
    "{rule} at rate {rate} and β = {momentum} does not converge: the closed form gives the factor {factor} a step, and the library's run measures {measured}.",
  "says.motion":
    "In the flat direction the error {flat}, in the steep one it {steep}; the run goes beyond the minimum by {beyond} of the way to it.",
  "says.motionBoth":
    "In both directions the error {flat}; the run goes beyond the minimum by {beyond} of the way to it.",
  "motion.steady": "shrinks steadily",
  "motion.oscillating": "oscillates",
  "motion.alternating": "alternates",
  "motion.divergent": "diverges",
  "says.best":
    "The best point for κ = {condition} is rate {rate} with β = {momentum}: {factor} a step. Without momentum the best is rate {rate0}: {factor0}.",
  "says.limit":
    "With the largest curvature {steep} the rate must stay below {without} without momentum, and below {limit} with β = {momentum}.",
  status: "Rate {rate}, momentum {momentum}: factor {factor} a step.",
};
