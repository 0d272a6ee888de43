// Resolves a model to operations, by the definitions of its layers.

import type { Layer } from "../layers/layer.js";
import type { ResidualOptions } from "../layers/residual.js";
import type { ResidualStackOptions } from "../layers/residualStack.js";
import type { Schedulable } from "../schedules/scheduled.js";
import { denseLayers, type Resolver } from "./denseLayers.js";
import { imageLayers } from "./imageLayers.js";
import type { Op } from "./op.js";
import type { Place } from "./place.js";

/** x + s f(x), where s is 1 − fraction (1 − survival); 1 if training divides by it. */
function residual(place: Place, block: Layer, survival: Schedulable, fraction: number, mode = "testScaled"): Op {
  const s = mode === "testScaled" ? 1 - fraction * (1 - place.number("survival", survival)) : 1;
  return place.op("residual", { block: resolve(block, place.nested("block")), scale: s });
}

/** Layers one after the other, made by functions of the place of each. */
function chain(place: Place, parts: readonly ((place: Place) => Op)[]): Op {
  let { shape } = place;
  const ops = parts.map((part, k) => {
    const op = part(place.nested(`${k}`, shape));
    shape = op.output;
    return op;
  });
  return place.op("sequence", { ops }, shape);
}

const containers: Readonly<Record<string, Resolver>> = {
  sequential: (place, layers: readonly Layer[]) => [
    chain(
      place,
      layers.map((layer) => (inner) => resolve(layer, inner)),
    ),
  ],
  residual: (place, block: Layer, { survival = 1, mode }: ResidualOptions) => [
    residual(place, block, survival, 1, mode),
  ],
  residualStack: (place, blocks: readonly Layer[], { survival, mode }: ResidualStackOptions) => {
    const { last = survival ? 0.5 : 1, rule = "linear" } = survival ?? {};
    const fraction = (k: number): number => (rule === "constant" ? 1 : (k + 1) / blocks.length);
    return [
      chain(
        place,
        blocks.map((block, k) => (inner) => residual(inner, block, last, fraction(k), mode)),
      ),
    ];
  },
};

/** Resolvers by name of the layer's function. */
const resolvers: Readonly<Record<string, Resolver>> = { ...denseLayers, ...imageLayers, ...containers };

/** Layers of the library that no format has. */
const refused: Readonly<Record<string, string>> = {
  network: "is a function of its layers, which no file can contain. Build the model of sequential and residual",
  gruCell: "is a single step for a loop of your own. Use gru",
  lstmCell: "is a single step for a loop of your own. Use lstm",
  rnnCell: "is a single step for a loop of your own. Use rnn",
};

function refusal(layer: Layer, path: string): TypeError {
  const kind = layer.definition?.[0] ?? layer.name.replace(/\(.*/, "");
  const unknown =
    "is not a layer of the library that other formats have. Build the model of layers of the library, or write this part by hand";
  const reason = Object.hasOwn(refused, kind) ? refused[kind] : unknown;
  return new TypeError(`"${layer.name}"${path ? ` (${path})` : ""} ${reason}.`);
}

/** Resolves a layer to one operation. @throws TypeError  a layer cannot be written in another format */
export function resolve(layer: Layer, place: Place): Op {
  const [kind, ...given] = layer.definition ?? [""];
  const resolver = Object.hasOwn(resolvers, kind) ? resolvers[kind] : undefined;
  if (!resolver) throw refusal(layer, place.path);
  const ops = resolver(place, ...given);
  return ops.length === 1 ? (ops[0] as Op) : place.op("sequence", { ops }, ops.at(-1)?.output ?? place.shape);
}
