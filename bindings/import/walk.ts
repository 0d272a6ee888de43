// The walk through a model by the definitions of its layers: which layers have parameters, under which names, and what is known
// of the features that each takes.

import { declarations } from "../layers/context.js";
import { type Definition, isLayer, type Layer, type Parameter } from "../layers/layer.js";

/**
 * Features of a tensor beside those of a library that has the channels of an image first: in the "same" order; those of an
 * "image", whose channels are last here; "flat", an image that a flatten has made a row of numbers, which differ in their order;
 * "given" as the model's input; or "unknown", behind functions that may have flattened an image.
 */
export type Features =
  | { readonly order: "same" | "given" | "unknown" }
  | { readonly order: "image" | "flat"; readonly channels: number };

/** A layer with parameters or running state. */
export interface Leaf {
  /** Name of the layer in the model, such as "3.block"; empty for a model that is a single layer. */
  readonly path: string;
  readonly layer: Layer;
  /** Name of its function and arguments; null for a layer of the user's own. */
  readonly definition: Definition | null;
  /** Features of its input. */
  readonly features: Features;
  /** True if its output is added to a flattened image, and so would need the order of that as well. */
  readonly isAdded?: boolean;
}

/** Name of a part of a layer. */
export function joined(path: string, part: string): string {
  return path === "" ? part : `${path}.${part}`;
}

/** Parameters of a layer by their names within it. */
export function parametersIn({ layer }: Leaf): Map<string, Parameter> {
  return new Map(declarations(layer.parameters));
}

const convolutions = /^(conv|depthwiseConv|separableConv)/;
/** Layers whose outputs have the features last in every library. */
const plainOutputs = ["embedding", "rnn", "gru", "lstm", "globalAvgPool2d", "globalMaxPool2d"];

/** Returns the layers that a container nests, by name, or null for a layer that is none. */
function nestedIn({ definition, layers, parameters }: Layer): [name: string, layer: Layer][] | null {
  const named = Object.entries((layers ?? {}) as Readonly<Record<string, Layer>>);
  // A layer of the user's own may use this name for something else.
  const own = named.every(([name, layer]) => isLayer(layer) && parameters[name] === layer.parameters);
  if (own && named.length > 0 && named.length === Object.keys(parameters).length) return named;
  const [kind, first] = definition ?? [];
  if (kind === "sequential") return (first as readonly Layer[]).map((layer, k) => [`${k}`, layer]);
  if (kind === "residualStack") return (first as readonly Layer[]).map((layer, k) => [`${k}.block`, layer]);
  return kind === "residual" ? [["block", first as Layer]] : null;
}

/** True if a layer convolves, or one that it nests, or may do so as one of the user's own. */
function mayConvolve(layer: Layer): boolean {
  const nested = nestedIn(layer);
  if (nested) return nested.some(([, member]) => mayConvolve(member));
  return layer.definition ? convolutions.test(layer.definition[0]) : declarations(layer.parameters).length > 0;
}

/** Features behind a layer that nests no others. */
function behind(definition: Definition | null, before: Features): Features {
  if (!definition) return { order: before.order === "same" || before.order === "given" ? "same" : "unknown" };
  const [kind] = definition;
  if (convolutions.test(kind)) return { order: "image", channels: channelsOf(definition) };
  if (plainOutputs.includes(kind)) return { order: "same" };
  if (kind === "linear") return { order: before.order === "image" ? "unknown" : "same" };
  if (kind !== "flatten") return before;
  if (before.order === "image") return { order: "flat", channels: before.channels };
  return before.order === "given" ? { order: "unknown" } : before;
}

/** Channels that a convolution returns. */
function channelsOf([kind, inputs, second, options]: Definition): number {
  if (kind !== "depthwiseConv2d") return second as number;
  return (inputs as number) * ((options as { multiplier?: number }).multiplier ?? 1);
}

/** Collects the layers of a model that have parameters or state. @returns  features of its output */
function visit(layer: Layer, path: string, features: Features, leaves: Leaf[]): Features {
  const nested = nestedIn(layer);
  if (!nested) {
    const { definition = null } = layer;
    if (declarations({ ...layer.parameters, ...layer.state }).length > 0)
      leaves.push({ path, layer, definition, features });
    return behind(definition, features);
  }
  if (layer.definition) {
    const first = leaves.length;
    const after = nested.reduce(
      (before, [name, member]) => visit(member, joined(path, name), before, leaves),
      features,
    );
    if (layer.definition[0].startsWith("residual") && features.order === "flat" && features.channels > 1)
      for (const [k, leaf] of leaves.entries())
        if (k >= first && leaf.definition?.[0] === "linear") leaves[k] = { ...leaf, isAdded: true };
    return after;
  }
  // Its function is no data: it may flatten what convolutions return before it gives it to a layer.
  const given: Features = { order: mayConvolve(layer) ? "unknown" : "given" };
  for (const [name, member] of nested) visit(member, joined(path, name), given, leaves);
  return { order: given.order === "given" ? "same" : "unknown" };
}

/** Returns the layers of a model that have parameters or state, in its order. */
export function leavesOf(model: Layer): Leaf[] {
  const leaves: Leaf[] = [];
  visit(model, "", { order: "given" }, leaves);
  return leaves;
}
