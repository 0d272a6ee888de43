// English texts of the figure of Taylor polynomials.

export default {
  title: "Local models: Taylor polynomials",
  settings: "Points, learning rate",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.everywhere": "sin x: good everywhere in the end",
  "presets.everywhere.why":
    "The series of the sine converges for every x: each order that counts widens the range in which the polynomial is good. Raise the order, and move the red probe.",
  "presets.log": "log(1 + x): good up to 1",
  "presets.log.why":
    "About 0 the series converges up to x = 1, as far as the pole at −1 is away. At 1.5 every further order is worse.",
  "presets.runge": "1/(1 + 25x²): smooth, yet good only up to 0.2",
  "presets.runge.why":
    "Nothing on the real line warns: the function is smooth everywhere. Its poles lie at ±0.2 i in the complex plane, and the series converges only as far as they are away.",
  "presets.sigmoid": "The sigmoid of a neuron",
  "presets.sigmoid.why":
    "The sigmoid has poles at ±πi, so that its series about 0 converges up to 3.14. At 4 a polynomial of high order is worse than a straight line.",
  "presets.models": "Two models, two steps",
  "presets.models.why":
    "The tangent knows a direction but no length: the learning rate gives it. The parabola knows both: its lowest point is Newton's step.",
  "presets.uphill": "A parabola that is open below",
  "presets.uphill.why":
    "Here the function bends down. The parabola has no lowest point, and Newton's step leads to its top: uphill. The step against the slope still goes down.",
  function: "Function",
  "function.sin": "sin x",
  "function.exp": "exp x",
  "function.log": "log(1 + x)",
  "function.runge": "1/(1 + 25x²)",
  "function.sigmoid": "sigmoid x",
  "function.wells": "Two wells, (x² − 1)²/4 + x/5",
  "function.own": "A formula of your own",
  formula: "f(x) =",
  "formula.empty": "Write a formula of x.",
  "formula.syntax": "This is not a formula yet: {place}.",
  "formula.unknown":
    "“{name}” is unknown. Use x, pi, e, + − * / ^ and sin, cos, atan, exp, log, sqrt, abs, tanh, sigmoid, relu, erf.",
  order: "Order",
  places: "Places",
  "places.x": "point a",
  "places.y": "probe x",
  "places.handle": "Point of expansion a. Left and right arrow keys move it, with Shift by larger steps.",
  "probe.handle":
    "Probe x, where the error is measured. Left and right arrow keys move it, with Shift by larger steps.",
  "handle.words": "x {x}, f {y}",
  rate: "Learning rate of the step against the slope",
  picture: "The function and its Taylor polynomials about a",
  errors: "Error at the probe against the order",
  errorsAt: "Error at x = {to} by order",
  "key.1": "order 1, linear model",
  "key.2": "order 2, quadratic model",
  "key.order": "order {order}",
  "key.outside": "series diverges",
  "axis.order": "order",
  "axis.error": "error",
  table: "Derivatives and polynomials by order",
  "table.caption": "Derivatives at a, by automatic differentiation of the derivative before; polynomials at x = {to}",
  "table.order": "Order",
  "table.derivative": "Derivative at a",
  "table.value": "Polynomial at x",
  "table.error": "Error",
  "says.order":
    "About a = {a} the polynomial of order {order} gives {approximation} at x = {to}, where f is {value}: an error of {error}.",
  "says.everywhere": "The series converges for every x.",
  "says.unknown": "Where the series of a formula of your own converges is not known; the errors by order show it.",
  "says.inside":
    "The series converges within {radius} of a, from {from} to {until}; the probe is inside, and higher orders come closer in the end.",
  "says.outside":
    "The series converges only within {radius} of a, from {from} to {until}; the probe is outside, and higher orders go astray in the end.",
  "says.border": "The series converges within {radius} of a, from {from} to {until}; the probe is on the border.",
  "says.slope": "The linear model has slope {slope}: a step with rate {rate} leads to {x}, where f is {value}.",
  "says.down": "The quadratic model has curvature {curvature} and is lowest at {x}, Newton's step; f is {value} there.",
  "says.up":
    "The quadratic model has curvature {curvature}, so that Newton's step leads to its highest point {x}; f is {value} there.",
  "says.flat": "The curvature is 0, so that the quadratic model proposes no step.",
  status: "Order {order}: error {error} at x = {to}.",
};
