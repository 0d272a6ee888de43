// English texts of the gradient check.

export default {
  title: "Gradient check: is my derivative right?",
  settings: "Point, derivative in the chart",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.right": "Right derivatives",
  "presets.right.why":
    "The error falls with the step, by h for forward and by h² for central differences, until rounding makes it grow as 1 / h. A curve that falls to 1e−8 and less says: the derivative is right.",
  "presets.factor": "Forgotten: the 2 of the L2 penalty",
  "presets.factor.why":
    "The derivative of 0.1 x² is 0.2 x, not 0.1 x. The error does not fall below the mistake, however small the step: a plateau instead of a valley.",
  "presets.sign": "Wrong sign",
  "presets.sign.why":
    "With the wrong sign of one term the plateau lies high. Such a step goes uphill as far as this term says.",
  "presets.index": "Wrong index",
  "presets.index.why": "The penalty's derivative by x takes y. The check names the coordinate: ∂f/∂y is right.",
  "presets.small": "A small mistake",
  "presets.small.why":
    "0.2001 in place of 0.2: the plateau lies lower, but the valley of a right derivative is a thousand times deeper. A tolerance of 1e−6 finds it.",
  "presets.large": "A step that is too large",
  "presets.large.why":
    "With h = 0.1 the derivatives are right, and the check calls them wrong: the error is that of the differences.",
  "presets.tiny": "A step that is too small",
  "presets.tiny.why":
    "With h = 1e−14 the difference consists of rounding errors, and the check cannot tell right from wrong. At 1e−16 the step is lost altogether: x + h is x.",
  "presets.kink": "A kink within the step",
  "presets.kink.why":
    "ReLU has a kink at 0, and x is 3e−6: differences with h = 1e−5 reach across it, and say nothing. The check reports a kink, not a mistake. Move h below 3e−6.",
  "presets.course": "The course's worked example",
  "presets.course.why":
    "Three weights are raised by h = 0.0001, one after the other. The third has the derivative 0, as the loss does not change in its five decimals.",
  what: "Check",
  "what.formula": "formulas of your own",
  "what.course": "the course's worked example",
  f: "f(x, y) =",
  dx: "∂f/∂x =",
  dy: "∂f/∂y =",
  "formula.empty": "Write a formula of x and y.",
  "formula.syntax": "This is not a formula yet: {place}.",
  "formula.unknown":
    "“{name}” is unknown. Use x, y, pi, e, + − * / ^ and sin, cos, atan, exp, log, sqrt, abs, tanh, sigmoid, relu, erf.",
  step: "Step h",
  axis: "Derivative in the chart",
  "axis.x": "∂f/∂x",
  "axis.y": "∂f/∂y",
  point: "Point",
  chart: "Difference between your derivative and finite differences, against the step, both axes logarithmic",
  "axis.step": "step h",
  "axis.error": "|difference quotient − your derivative|",
  "curve.forward": "forward",
  "curve.central": "central",
  "curve.slope": "|f″| h / 2",
  "curve.bend": "|f‴| h² / 6",
  "curve.rounding": "rounding, ε |f| / h",
  table: "Coordinates of the check",
  "table.caption": "Check with central differences, h = {step}, and the tolerance 1e−6",
  "table.axis": "Coordinate",
  "table.own": "Yours",
  "table.numerical": "Central",
  "table.error": "Relative error",
  "table.verdict": "Verdict",
  "verdict.right": "agrees",
  "verdict.wrong": "differs",
  "verdict.kink": "kink",
  "verdict.rounding": "within rounding",
  "course.caption": "The loss at W is {loss}",
  "course.coordinate": "Weight",
  "course.weight": "W",
  "course.loss": "Loss with it raised by h",
  "course.quotient": "Derivative",
  "says.right":
    "At h = {step} your ∂f/∂{axis} = {own} agrees with the central difference {numerical}: relative error {error}.",
  "says.wrong":
    "At h = {step} your ∂f/∂{axis} = {own} differs from the central difference {numerical}: relative error {error}.",
  "says.kink":
    "At h = {step} your ∂f/∂{axis} = {own} differs from the central difference {numerical}, but a kink lies within the step.",
  "says.rounding":
    "At h = {step} your ∂f/∂{axis} = {own} differs from the central difference {numerical}, but by no more than rounding may: the step is too small to tell.",
  "says.best":
    "Forward differences come closest to yours at h = {forwardStep}, to {forward}; central ones at h = {centralStep}, to {central}.",
  "says.plateau":
    "For steps from 1e−3 to 1e−6 the central differences stay about {low} away from yours: that is not the error of differences.",
  "says.course": "From the loss {loss} and h = {step} the course reads off the gradient {gradient}.",
};
