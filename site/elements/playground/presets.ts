// Settings worth seeing, good and bad ones; logarithms of rates. What to look at stands in the texts.

const ring = { data: "annulus", share: 0, batch: 6, steps: 2400 };
const few = { data: "moons", count: 40, share: 0.5, noise: 0.35, draw: 3, layers: 1, units1: 16, steps: 500 };
const deep = { layers: 5, optimizer: "momentum", steps: 1500 };
const sigmoid = { ...deep, activation: "sigmoid", initializer: "xavierNormal" };
const waves = { data: "waves", layers: 2, activation: "tanh" };
const squared = ["x", "y", "xx", "yy", "xy", "sinX", "sinY"];

export const presets = {
  // The course's two hard cases, with all samples trained on, as there.
  linear: { ...ring, layers: 0 },
  network: { ...ring, layers: 1, units1: 16 },
  modes: { ...ring, data: "modes", layers: 0 },
  lines: { ...ring, data: "nearest", layers: 0, steps: 1000 },
  squares: { ...ring, layers: 0, features: ["xx", "yy"], steps: 1000 },
  spirals: { data: "spirals", layers: 2, activation: "tanh", steps: 5000 },
  zeros: { initializer: "zeros", optimizer: "momentum", steps: 1000 },
  fast: { layers: 1, activation: "tanh", optimizer: "sgd", rate: 0.75, steps: 500 },
  overfit: few,
  decay: { ...few, l2: -1.5 },
  dropout: { ...few, dropout: 0.5 },
  early: { ...few, stop: "early", patience: 30 },
  deep: sigmoid,
  normed: { ...sigmoid, norm: true },
  rectified: { ...deep, activation: "relu" },
  sparse: { ...ring, layers: 0, features: squared, optimizer: "sgd", rate: -0.5, batch: 9, l1: -1.5, steps: 2000 },
  waves: { ...waves, steps: 2000 },
  quasi: { ...waves, optimizer: "lbfgs", steps: 200 },
};
