// Types of the functions that the build makes of onnx.proto.

declare module "*.proto" {
  import type { PbfWriter } from "pbf";

  /** Writes a model. */
  export function writeModel(model: object, pbf: PbfWriter): void;
}
