// Shared parts of the wrappers of optimizers.

import { type Given, inOrder, type Registered } from "../engine/fields.js";
import { shown } from "../values/options.js";
import type { Optimizer, Wrapper } from "./optimizer.js";

/** Checks the optimizer that a wrapper is put around. */
export function checkInner(where: string, inner: unknown): Optimizer {
  if (typeof inner !== "object" || inner === null || !("rule" in inner && "wrappers" in inner))
    throw new TypeError(`${where}: inner must be an optimizer, got ${shown(inner)}. Try ${where}(adam()).`);
  const optimizer = inner as Optimizer;
  if (optimizer.gradientFree)
    throw new TypeError(`${where}: inner cannot be ${optimizer.name}, which uses no gradient. Use it alone.`);
  if (optimizer.wrappers.some(({ wrapper }) => wrapper === where))
    throw new TypeError(`${where}: inner cannot be ${optimizer.name}, which contains ${where}. Use it once.`);
  return optimizer;
}

/** Throws for rules whose weights are not their iterates, as a wrapper would change the weights but not the iterates. */
export function refuseMadeWeights(where: string, { weightsAre, name }: Optimizer): void {
  if (weightsAre !== undefined)
    throw new TypeError(`${where}: inner cannot be ${name}, whose weights are ${weightsAre}. Use it alone.`);
}

/** Describes a wrapper of the core by a number for each of its fields. */
export function describeWrapper<Kind extends Registered, Got>(
  wrapper: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
  traits: Omit<Wrapper, "wrapper" | "code" | "fields">,
): Wrapper {
  return { wrapper, code: kind.code, fields: inOrder<number>(kind, given), ...traits };
}

/** Puts a wrapper around an optimizer. */
export function wrapped(inner: Optimizer, wrapper: Wrapper): Optimizer {
  return {
    ...inner,
    name: `${wrapper.wrapper}(${inner.name})`,
    wrappers: [wrapper, ...inner.wrappers],
    with: (changes) => wrapped(inner.with(changes), wrapper),
  };
}
