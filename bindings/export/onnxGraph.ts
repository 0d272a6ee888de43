// A graph of ONNX while it is built: nodes, constants, and their bytes.

import { PbfWriter } from "pbf";
import { writeModel } from "./onnx.proto";

/** Types of elements. */
export const elementTypes = { f32: 1, i32: 6, i64: 7 } as const;

/** Values of attributes: whole numbers, fractions as { f }, texts, and lists. */
export type AttributeValue = number | string | { readonly f: number } | readonly number[] | readonly string[];

function attributeOf(name: string, value: AttributeValue): object {
  if (typeof value === "number") return { name, i: value, type: 2 };
  if (typeof value === "string") return { name, s: value, type: 3 };
  if ("f" in value) return { name, f: value.f, type: 1 };
  return typeof value[0] === "string" ? { name, strings: value, type: 8 } : { name, ints: value, type: 7 };
}

/** Input or output of the model, with any batch. */
interface Place {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly number[];
}

function placeOf({ name, type, shape }: Place): object {
  const dim = [{ dim_param: "batch" }, ...shape.map((extent) => ({ dim_value: extent }))];
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}

/** A graph: operations by the names of what they read and write. */
export class OnnxGraph {
  readonly #nodes: object[] = [];
  readonly #arrays: object[] = [];
  readonly #names = new Set<string>();
  /** Name of the layer whose operations are added. */
  layer = "";

  #unique(wanted: string): string {
    const base = this.layer ? `${this.layer}.${wanted}` : wanted;
    let name = base;
    for (let k = 2; this.#names.has(name); k++) name = `${base}_${k}`;
    this.#names.add(name);
    return name;
  }

  /** Adds an operation; returns the name of its result, or of result `take` of several. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    take = 0,
  ): string {
    // biome-ignore format: one line
    const name = this.#unique(type);
    const output = [...Array.from({ length: take }, () => ""), name];
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.#nodes.push({ name, op_type: type, input: inputs, output, attribute });
    return name;
  }

  /** Gives the result of the graph its name. */
  output(name: string, from: string): void {
    this.#nodes.push({ name, op_type: "Identity", input: [from], output: [name], attribute: [] });
  }

  #array(name: string, dims: readonly number[], type: keyof typeof elementTypes, values: ArrayBufferView): string {
    const unique = this.#unique(name);
    const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#arrays.push({ name: unique, dims, data_type: elementTypes[type], raw_data: raw });
    return unique;
  }

  /** Adds numbers; returns their name. */
  constant(name: string, data: Iterable<number>, shape: readonly number[]): string {
    return this.#array(name, shape, "f32", data instanceof Float32Array ? data : Float32Array.from(data));
  }

  /** Adds whole numbers, such as a shape; returns their name. */
  integers(name: string, data: readonly number[], shape: readonly number[] = [data.length]): string {
    return this.#array(name, shape, "i64", BigInt64Array.from(data, BigInt));
  }

  /** The file. */
  file(
    inputs: readonly Place[],
    outputs: readonly Place[],
    metadata: Readonly<Record<string, string>>,
    note: string,
  ): Uint8Array {
    // biome-ignore format: one line
    const writer = new PbfWriter();
    const graph = {
      ...{ name: "model", node: this.#nodes, initializer: this.#arrays },
      ...{ input: inputs.map(placeOf), output: outputs.map(placeOf) },
    };
    const metadata_props = Object.entries(metadata).map(([key, value]) => ({ key, value }));
    const opset_import = [{ domain: "", version: 17 }];
    writeModel(
      { ir_version: 8, producer_name: "thalweg", doc_string: note, graph, opset_import, metadata_props },
      writer,
    );
    return writer.finish().slice();
  }
}
