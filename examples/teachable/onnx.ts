/** The model as an ONNX file. */
import type { Model } from "./files.js";

export const onnxOf = async (_: Model): Promise<Uint8Array> => {
  throw new Error("ONNX is not here yet.");
};
