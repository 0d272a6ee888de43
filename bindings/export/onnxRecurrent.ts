// Recurrent layers as nodes of ONNX: time stands first, gates are in the order i o f c (LSTM) and z r h (GRU).

import { gates, transposedMatrix } from "./arrays.js";
import type { OnnxGraph } from "./onnxGraph.js";
import type { Direction, OpOf, OpTable } from "./op.js";

/** Node, and the library's gates in the order of ONNX. */
const cells = {
  lstm: { type: "LSTM", order: [0, 3, 1, 2] },
  gru: { type: "GRU", order: [1, 0, 2] },
  rnn: { type: "RNN", order: [0] },
} as const;

/** The numbers of both directions behind each other. */
function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Biases of the inputs and of the state; of the latter only the GRU's last gate has one. */
function biasesOf({ bias, recurrentBias }: Direction, units: number, order: readonly number[]): Float32Array {
  const count = order.length * units;
  const out = new Float32Array(2 * count);
  if (bias) out.set(gates(bias, units, order).data);
  if (recurrentBias) out.set(recurrentBias.data, 2 * count - units);
  return out;
}

/** One layer in all its directions. Returns its outputs [time, directions, batch, units], or the last states. */
function layerNode(
  { cell, units, activation }: OpOf<"recurrent">,
  directions: readonly Direction[],
  outputs: boolean,
  graph: OnnxGraph,
  x: string,
): string {
  const { type, order } = cells[cell];
  const { length } = directions;
  const inputs = directions[0]?.weight.shape[0] as number;
  const count = order.length * units;
  const weights = (name: "weight" | "recurrent"): Float32Array =>
    joined(directions.map((direction) => transposedMatrix(gates(direction[name], units, order)).data));
  const given = [
    x,
    graph.constant("weight", weights("weight"), [length, count, inputs]),
    graph.constant("recurrent", weights("recurrent"), [length, count, units]),
  ];
  if (directions[0]?.bias) {
    const biases = joined(directions.map((direction) => biasesOf(direction, units, order)));
    given.push(graph.constant("bias", biases, [length, 2 * count]));
  }
  const attributes = {
    hidden_size: units,
    ...(length === 2 ? { direction: "bidirectional" } : {}),
    ...(cell === "gru" ? { linear_before_reset: 1 } : {}),
    ...(activation === "relu" ? { activations: directions.map(() => "Relu") } : {}),
  };
  return graph.node(type, given, attributes, outputs ? 0 : 1);
}

export const onnxRecurrent: Pick<OpTable<string, [OnnxGraph, string]>, "recurrent"> = {
  recurrent(op, graph, x) {
    let y = graph.node("Transpose", [x], { perm: [1, 0, 2] });
    for (const [k, directions] of op.layers.entries()) {
      const outputs = op.sequences || k < op.layers.length - 1;
      y = layerNode(op, directions, outputs, graph, y);
      const width = op.units * directions.length;
      if (outputs) {
        const turned = graph.node("Transpose", [y], { perm: [0, 2, 1, 3] });
        y = graph.node("Reshape", [turned, graph.integers("shape", [0, 0, width])]);
      } else {
        const turned = graph.node("Transpose", [y], { perm: [1, 0, 2] });
        y = graph.node("Reshape", [turned, graph.integers("shape", [0, width])]);
      }
    }
    return op.sequences ? graph.node("Transpose", [y], { perm: [1, 0, 2] }) : y;
  },
};
