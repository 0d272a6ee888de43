// thalweg/load: models from files, without the program that trained them. A separate entry, as it has every layer.

export { readMetadata, withMetadata } from "../files/metadata.js";
export { type LoadedModel, type LoadOptions, loadModel } from "./loadModel.js";
