// English texts of the condition number.

export default {
  title: "The condition number, and a penalty that rounds the bowl",
  settings: "Curvature, learning rate, start",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.narrow": "A narrow bowl",
  "presets.narrow.why":
    "The curvatures are 100 and 1. Even at the best rate, every update leaves 98 % of both distances, with alternating sign along x.",
  "presets.round": "A penalty of λ = 50",
  "presets.round.why":
    "The penalty adds 2 λ = 100 to both curvatures, so that they are 200 and 101: the bowl is nearly round, and a few updates are enough.",
  "presets.limit": "Just below the limit",
  "presets.limit.why":
    "The rate times the largest curvature is 1.99: along x each update lands nearly as far on the other side. At 2 it would never end.",
  "presets.slow": "One step along x, many along y",
  "presets.slow.why":
    "A rate of 1 over the largest curvature ends x in one update, but then y alone takes about 1.5 times as many updates as both at the best rate.",
  lambda: "Penalty λ",
  steep: "Largest curvature",
  share: "Rate × largest curvature",
  start: "Start",
  "start.handle": "Start of the descent. Arrow keys move it, with Shift in larger steps.",
  plane: "Level sets of the function with its penalty, and the path of descent",
  gradient: "Norm of the gradient against the update",
  "series.gradient": "gradient",
  "series.done": "done",
  "axis.update": "update",
  "axis.gradient": "norm of the gradient",
  table: "Updates at the best rate, from this start",
  "table.lambda": "λ",
  "table.condition": "condition number",
  "table.rate": "rate",
  "table.updates": "updates",
  never: "more than 2000",
  "says.curvatures":
    "With λ = {lambda} the curvatures are {largest} and {least}, and the condition number is {condition}.",
  "says.factors": "At a rate of {rate} each update multiplies x by {steepFactor} and y by {flatFactor} in magnitude.",
  "says.updates": "After {updates} updates the gradient, penalty apart, is at most {tolerance}.",
  "says.never": "The gradient, penalty apart, is not down to {tolerance} after 2000 updates.",
} as const;
