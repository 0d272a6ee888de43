// Clipping by value: g ← min(max(g, −c), c), element by element
// (Mikolov, Statistical language models based on neural networks, PhD thesis, Brno, 2012, section 3.2.2).

import { transformClipValue } from "../../abi";
import { clampSymmetric } from "../../kernels/vectors";
import { Chain, registerTransform } from "./chain";

@unmanaged
class ClipValue {
  limit: f64;
  whole<T>(chain: Chain, g: usize, count: usize): void {
    clampSymmetric<T>(g, this.limit, count);
  }
}

export function registerClipValue(): void {
  registerTransform<ClipValue>(transformClipValue);
}
