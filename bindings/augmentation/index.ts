export { type ColorJitterOptions, colorJitter } from "./colorJitter.js";
export { type CutoutOptions, cutout, type RandomErasingOptions, randomErasing } from "./erasing.js";
export type { FillValue } from "./fillValue.js";
export { type GaussianBlurOptions, gaussianBlur } from "./gaussianBlur.js";
export type { Amount } from "./perPicture.js";
export { type SaltAndPepperOptions, saltAndPepper } from "./saltAndPepper.js";
