// English texts of the convolution.

import pad from "../pad/pad.en.ts";

export default {
  ...pad,
  title: "A convolution, sum by sum",
  settings: "Size, stride, padding, dilation",
  presets: "Example",
  "presets.none": "Choose …",
  "presets.edges": "Left and right edges",
  "presets.edges.why":
    "Sobel x subtracts the pixels at the left from those at the right: it is positive where ink begins, negative where it ends, and 0 inside the square and outside. Its upper and lower edges are not seen.",
  "presets.turned": "One pixel shows the kernel turned",
  "presets.turned.why":
    "A single pixel of ink meets the last weight first, so that the result is the kernel turned by half a turn. Networks call this a convolution; strictly it is a cross-correlation, as the kernel is not flipped.",
  "presets.constant": "A filter that is blind to stripes",
  "presets.constant.why":
    "Sobel y compares above and below. Upright stripes are the same above and below, so the result is 0 except at the border, where the padding counts as pixels without ink.",
  "presets.smooth": "Blur",
  "presets.smooth.why":
    "All weights are positive and sum to 1, so that flat parts keep their value and thin lines become pale.",
  "presets.halved": "A stride of 2",
  "presets.halved.why":
    "The kernel moves by two pixels at a time, so that the result has half the height and half the width: a quarter of the sums.",
  "presets.dilated": "Dilation: a wider view for the same nine weights",
  "presets.dilated.why":
    "With a dilation of 3 the nine taps lie three pixels apart and reach over 7 × 7 pixels. The number of weights and of products stays nine.",
  filter: "Kernel",
  "filter.sobelX": "Sobel x: left and right edges",
  "filter.sobelY": "Sobel y: upper and lower edges",
  "filter.laplace": "Laplace: bends",
  "filter.edge": "Edges of all directions",
  "filter.sharpen": "Sharpen",
  "filter.blur": "Blur: mean",
  "filter.gaussian": "Blur: binomial",
  "filter.identity": "Identity",
  size: "Size of the kernel",
  "size.3": "3 × 3",
  "size.5": "5 × 5",
  weights: "Weights",
  weight: "Weight in row {row}, column {column}",
  stride: "Stride s",
  padding: "Padding p",
  dilation: "Dilation d",
  at: "Place",
  play: "Slide",
  pause: "Pause",
  next: "Next place",
  result: "Result of the convolution",
  "result.cursor": "Place of the result. Arrow keys move the kernel.",
  "result.title": "Result, {out} × {out}, −{most} to {most}",
  "kernel.title": "Kernel × pixels (weights can be changed)",
  sum: "Sum: {value}",
  "says.shape":
    "Height and width of the result are ⌊({side} + 2 · {padding} − {dilation} · ({size} − 1) − 1) / {stride}⌋ + 1 = {out}.",
  "says.sum": "In row {row}, column {column} it is {sum} = {value}.",
  "says.zero": "In row {row}, column {column} it is {value}, as all products are 0.",
  "says.outside": "{outside} taps lie outside of the picture, where pixels count as 0.",
  "says.range": "The whole result lies between {low} and {high}.",
  status: "Row {row}, column {column}: {value}",
} as const;
