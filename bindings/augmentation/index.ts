export { type AugmentOp, type AugmentOptions, augment, type Mixed, type Mixing } from "./augment.js";
export { cutMix, type MixOptions, mixUp } from "./mixing.js";
export { type OneOfOptions, oneOf } from "./oneOf.js";
