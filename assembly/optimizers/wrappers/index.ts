// Every wrapper the engine knows: a new one is one line here.

import { registerCautious } from "./cautious";
import { registerLookahead } from "./lookahead";
import { registerSam } from "./sam";

export function registerWrappers(): void {
  registerLookahead();
  registerSam();
  registerCautious();
}
