// Equalization of the policies.

import * as abi from "../../assembly/abi.js";
import type { Tensor } from "../tensors/tensor.js";

/**
 * Equalizes the histogram of each channel of each image over 256 levels of 0 .. peak, as torchvision; the gradient is 0.
 * @internal
 */
export function equalize(x: Tensor, peak: number): Tensor {
  return x.trace.emit(abi.opEqualize, [x.multiply(255 / peak)]).multiply(peak / 255);
}
