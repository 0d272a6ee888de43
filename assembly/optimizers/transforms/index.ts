// Every gradient transform the engine knows: a new one is one line here. The core for browsers holds the common ones.

import { registerCentralize } from "./centralize";
import { registerClipAdaptive } from "./clipAdaptive";
import { registerClipGlobalNorm } from "./clipGlobalNorm";
import { registerClipNorm } from "./clipNorm";
import { registerClipValue } from "./clipValue";
import { registerNoise } from "./noise";

export function registerTransforms(): void {
  registerClipValue();
  registerClipNorm();
  registerClipGlobalNorm();
}

export function registerRarerTransforms(): void {
  registerCentralize();
  registerClipAdaptive();
  registerNoise();
}
