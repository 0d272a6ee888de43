// English texts of the vanishing and exploding gradient.

export default {
  title: "Vanishing and exploding gradients",
  settings: "Steps, matrix, gradient at the end, state",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.vanishes": "|λ| = 0.8: it vanishes",
  "presets.vanishes.why":
    "Every step back multiplies the gradient by 0.8, and forty steps by 0.8⁴⁰. What happened forty steps ago hardly counts for the update.",
  "presets.explodes": "|λ| = 1.25: it explodes",
  "presets.explodes.why":
    "Every step back multiplies the gradient by 1.25. One update with such a gradient throws the weights far away: it has to be clipped.",
  "presets.rotation": "A rotation: |λ| = 1",
  "presets.rotation.why":
    "A rotation has two complex eigenvalues of magnitude 1: the gradient turns and keeps its length. Orthogonal initial weights start a recurrent network so.",
  "presets.sigmoids": "Five sigmoids",
  "presets.sigmoids.why":
    "The slope of a sigmoid is at most 1/4, here at 0. Five of them leave at most (1/4)⁵ of a derivative, less than a thousandth.",
  "presets.residual": "A residual connection",
  "presets.residual.why":
    "What goes into a step is added to what comes out: h + σ(h A) − 1/2. The derivative has 1 added to it, and does not vanish; here it grows instead.",
  "presets.shear": "First larger, then smaller",
  "presets.shear.why":
    "The eigenvalues rule in the long run only. This matrix is not symmetric: with |λ| = 0.8 the gradient first grows, and then vanishes as 0.8 to the power of the steps, times their number.",
  "presets.saturated": "Large |λ|, but saturated",
  "presets.saturated.why":
    "With |λ| = 1.5 the gradient explodes around 0. From another state the chain runs to where tanh is flat, and its slopes make the gradient vanish: exploding and vanishing lie close together.",
  step: "Step of the chain",
  "step.linear": "h ← h A",
  "step.tanh": "h ← tanh(h A)",
  "step.sigmoid": "h ← σ(h A) − 1/2",
  "step.residual": "h ← h + σ(h A) − 1/2",
  radius: "Largest |λ| of A",
  length: "Steps",
  matrix: "Matrix A",
  "matrix.symmetric": "Symmetric: eigenvalues λ and 0.4 λ",
  "matrix.rotation": "Rotation by 30°, times λ",
  "matrix.shear": "Shear: λ twice, one eigenvector",
  end: "Gradient at the end",
  "end.handle": "Gradient at the end of the chain. Arrow keys move it, with Shift by larger steps.",
  state: "State at the beginning",
  plane: "The gradient as a vector, after every step back",
  chart: "Norm of the gradient against steps back, on a logarithmic axis",
  "axis.back": "steps back",
  "axis.norm": "norm",
  "curve.norm": "norm of the gradient",
  "curve.law": "power of the largest |eigenvalue|",
  table: "Norms in numbers",
  "table.caption": "Norm of the gradient, in units of that at the end",
  "table.back": "Steps back",
  "table.norm": "Norm",
  "table.law": "Power of the eigenvalue",
  "says.norm": "The gradient at the end is ({x}, {y}). After {steps} steps back it is {norm} times as large",
  "says.vanishes": ": it vanishes.",
  "says.explodes": ": it explodes.",
  "says.stays": ".",
  "says.law.linear": "The largest |eigenvalue| is {law}, and {law} to the power of {steps} is {power}.",
  "says.law.tanh":
    "At 0, where tanh has the slope 1, the largest |eigenvalue| of a step is {law}, and {law} to the power of {steps} is {power}.",
  "says.law.sigmoid":
    "At 0, where the sigmoid has its largest slope, 1/4, the largest |eigenvalue| of a step is {radius} / 4 = {law}, and to the power of {steps} that is {power}.",
  "says.law.residual":
    "At 0 the largest |eigenvalue| of a step is {law}, as the identity is added, and to the power of {steps} that is {power}.",
  "says.state": "The states of this chain are not 0, where the slopes are smaller.",
};
