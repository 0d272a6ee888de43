// English texts of the pooling.

import pad from "../pad/pad.en.ts";

export default {
  ...pad,
  title: "Pooling, window by window",
  settings: "Windows, stride, size of the result, draw",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.thin": "Max pooling keeps thin lines",
  "presets.thin.why":
    "A window with one pixel of ink has the value of that pixel. The lines keep their strength at half the size, and look thicker.",
  "presets.pale": "Average pooling makes them pale",
  "presets.pale.why": "The mean counts the empty pixels too: a thin line fills only a part of a window of 4 × 4.",
  "presets.overlap": "Windows that overlap",
  "presets.overlap.why":
    "Windows of three pixels, two pixels apart: each pixel of ink can count in up to four windows, so that lines become thick.",
  "presets.fractional": "From 28 to 19 pixels",
  "presets.fractional.why":
    "Fractional max pooling shrinks by any factor, here about 1.47: windows are one or two pixels apart, in an order that is drawn for every update of training. Draw it again.",
  "presets.disjoint": "Windows side by side, in random order",
  "presets.disjoint.why":
    "Without overlap each window ends where the next one starts, so that windows differ in size: one or two pixels.",
  "presets.any": "A given size of the result",
  "presets.any.why":
    "Adaptive pooling divides the picture into as many parts as wanted. 28 is no multiple of 5, so that neighboring windows share a row.",
  "presets.global": "One number",
  "presets.global.why":
    "With a result of one pixel, adaptive average pooling is global: the mean ink of the picture. Networks end with it, so that pictures of any size fit.",
  kind: "Pooling",
  "kind.max": "Max",
  "kind.average": "Average",
  "kind.fractional": "Fractional max",
  "kind.adaptiveMax": "Adaptive max",
  "kind.adaptiveAverage": "Adaptive average",
  overlapping: "Windows of one size, which overlap",
  regions: "Order of the steps",
  "regions.pseudorandom": "Pseudorandom: evenly spread",
  "regions.random": "Random",
  window: "Size of a window k",
  stride: "Stride s",
  out: "Size of the result",
  draw: "Draw (number of the update)",
  at: "Place",
  play: "Slide",
  pause: "Pause",
  next: "Next place",
  again: "Draw windows",
  result: "Result of the pooling",
  "result.cursor": "Place of the result. Arrow keys move to other windows.",
  "result.title": "Result, {out} × {out}",
  "says.windowed":
    "Windows of {window} × {window} pixels, {stride} apart, turn {side} × {side} into ⌊({side} − {window}) / {stride}⌋ + 1 = {out} rows and columns.",
  "says.adaptive":
    "{side} pixels are divided into {out} windows of {heights} pixels along each axis; the rows start at {starts}.",
  "says.fractional":
    "Windows of {window} × {window} pixels lie {less} or {more} apart, α = ({side} − {window}) / ({out} − 1) = {alpha} on average; the rows start at {starts}.",
  "says.disjoint":
    "Windows of {less} or {more} pixels lie side by side, α = {side} / {out} = {alpha} on average; the rows start at {starts}.",
  "says.largest":
    "Row {row}, column {column} of the result is {value}, the largest of {count} pixels (rows {top} to {bottom}, columns {left} to {right}): {list}.",
  "says.mean":
    "Row {row}, column {column} of the result is {value}, the mean of {count} pixels (rows {top} to {bottom}, columns {left} to {right}): {list}.",
  "says.comma": ", ",
  "says.or": " or ",
  status: "Row {row}, column {column}: {value}",
} as const;
