// English texts of the augmentation.

import pad from "../pad/pad.en.ts";

export default {
  ...pad,
  title: "Augmentation: twelve pictures from one",
  settings: "Amounts of the ops, seed",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.usual": "Usual for digits",
  "presets.usual.why":
    "Small shifts and turns change many pixels, but not what the picture shows. The network sees another picture in every update.",
  "presets.flip": "A change that is none: the mirrored digit",
  "presets.flip.why":
    "Half of the pictures are mirrored. Photographs stay what they are, but a mirrored 3 is no 3: the ops must keep the class.",
  "presets.much": "Too much",
  "presets.much.why":
    "Turned by up to 90°, shifted by up to 8 pixels and covered with noise, digits become hard to read, while their class stays the same in training.",
  "presets.light": "Brightness",
  "presets.light.why":
    "A factor for each picture, between 0.2 and 1.8; what is above 1 is cut off. The place of things stays.",
  "presets.erase": "Erasing",
  "presets.erase.why":
    "A box of each picture is filled with random numbers, so that the network cannot rely on one part, such as the mouth.",
  "presets.noise": "Noise",
  "presets.noise.why":
    "Each pixel has a random number added, with a standard deviation of 0.2. Its mean absolute value is 0.8 times that, about 0.16.",
  "presets.mixUp": "Mix-up",
  "presets.mixUp.why":
    "Each picture of the batch is mixed with another, and so are their targets: the number below is the share of the picture's own class.",
  "presets.cutMix": "CutMix",
  "presets.cutMix.why":
    "A box of each picture comes from another one; the targets are mixed by the areas. The number below is the share of the picture's own class.",
  shift: "Shift up to, in pixels",
  angle: "Turn up to",
  zoom: "Scale by up to ±",
  flip: "Mirrored, share",
  brightness: "Brightness by up to ±",
  erase: "A box erased, share",
  noise: "Noise σ",
  mix: "Mixed with others",
  "mix.none": "No",
  "mix.mixUp": "Mix-up",
  "mix.cutMix": "CutMix",
  alpha: "α of Beta(α, α)",
  update: "Update",
  seed: "Seed",
  again: "Next update",
  result: "Result {number}",
  sheet: "The batch of an update; below, the mean change of a pixel, or the share when mixed",
  change: "{number}",
  share: "{number}",
  "says.nothing": "All amounts are 0: the pictures stay as they are.",
  "says.ops": "In this order: {ops}.",
  "says.shift": "a shift by up to {shift} pixels",
  "says.angle": "a turn by up to {angle}°",
  "says.zoom": "a scale of up to {zoom} % more or less",
  "says.flip": "mirrored with a probability of {flip} %",
  "says.brightness": "a brightness of up to {brightness} % more or less",
  "says.erase": "a box erased with a probability of {erase} %",
  "says.noise": "noise with a standard deviation of {noise}",
  "says.mixUp": "mix-up with α = {alpha}",
  "says.cutMix": "CutMix with α = {alpha}",
  "says.comma": ", ",
  "says.draws":
    "These are the {count} pictures of update {update} with seed {seed}; the same numbers give the same pictures everywhere.",
  "says.change": "A pixel changes by {mean} on average, by {least} to {most} in the single pictures.",
  "says.mixed": "The number below a picture is its own share; the rest is the share of another picture of the batch.",
} as const;
