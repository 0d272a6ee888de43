// Layers for images [batch, height, width, channels] and sequences [batch, length, channels].

import type { Tensor } from "../tensors/tensor.js";
import { ShapeError, within } from "../values/errors.js";
import { type Definition, defined, type Layer } from "./layer.js";

/** Checks the axes and channels of an input; the error suggests how to transpose or reshape it. */
export function checkImage(where: string, { shape, rank }: Tensor, axes: 1 | 2, channels?: number): void {
  if (rank === axes + 2 && (channels === undefined || shape.at(-1) === channels)) return;
  const spatial = axes === 1 ? "length" : "height, width";
  const advice =
    rank === axes + 1
      ? `Wrap one ${axes === 1 ? "sequence" : "image"} in an array, or reshape to one channel.`
      : rank !== axes + 2
        ? `Reshape it to [batch, ${spatial}, channels].`
        : shape[1] === channels
          ? `The channels seem to come first: transpose by ${axes === 1 ? "[0, 2, 1]" : "[0, 2, 3, 1]"}.`
          : "Check the channels, or the layer before.";
  throw new ShapeError(
    `${where}: got [${shape.join(", ")}], expected [batch, ${spatial}, ${channels ?? "channels"}]. ${advice}`,
  );
}

/** A layer without parameters that applies `op` to images, or to sequences. */
export function imageLayer(name: string, definition: Definition, axes: 1 | 2, op: (x: Tensor) => Tensor): Layer {
  return defined(definition, {
    name,
    parameters: {},
    apply(_, x) {
      checkImage(name, x, axes);
      return within(name, () => op(x.trace.asFloat(x)));
    },
  });
}
