export { type RandomAffineOptions, type RandomRotationOptions, randomAffine, randomRotation } from "./affine.js";
export { type AugmentOp, type AugmentOptions, augment, type Mixed, type Mixing } from "./augment.js";
export { type RandomCropOptions, randomCrop } from "./crop.js";
export { type RandomFlipOptions, randomFlip } from "./flip.js";
export { cutMix, type MixOptions, mixUp } from "./mixing.js";
export { type OneOfOptions, oneOf } from "./oneOf.js";
export { type RandomResizedCropOptions, randomResizedCrop } from "./resizedCrop.js";
export type { Interpolation } from "./warp.js";
