export { type RandomAffineOptions, type RandomRotationOptions, randomAffine, randomRotation } from "./affine.js";
export { type RandomCropOptions, randomCrop } from "./crop.js";
export { type RandomFlipOptions, randomFlip } from "./flip.js";
export { type RandomResizedCropOptions, randomResizedCrop } from "./resizedCrop.js";
export type { Interpolation } from "./warp.js";
