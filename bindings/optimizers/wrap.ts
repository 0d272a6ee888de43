// What the wrappers share: an optimizer inside another, and what cannot be inside.

import { type Given, inOrder, type Registered } from "../engine/fields.js";
import { shown } from "../values/options.js";
import type { Optimizer, Wrapper } from "./optimizer.js";

/** The optimizer that a wrapper is put around, or the sentence that says why it cannot be. */
export function checkInner(where: string, inner: unknown): Optimizer {
  if (typeof inner !== "object" || inner === null || !("rule" in inner && "wrappers" in inner))
    throw new TypeError(`${where}: inner must be an optimizer, got ${shown(inner)}. Try ${where}(adam()).`);
  const optimizer = inner as Optimizer;
  if (optimizer.gradientFree)
    throw new TypeError(`${where}: inner cannot be ${optimizer.name}, which takes no gradient. Use it alone.`);
  if (optimizer.wrappers.some(({ wrapper }) => wrapper === where))
    throw new TypeError(`${where}: inner cannot be ${optimizer.name}, which is in ${where} already. Drop one of them.`);
  return optimizer;
}

/** Refuses rules whose weights are not their iterates: what a wrapper does to them would not reach what the rule moves. */
export function refuseMadeWeights(where: string, { weightsAre, name }: Optimizer): void {
  if (weightsAre !== undefined)
    throw new TypeError(`${where}: inner cannot be ${name}, whose weights are ${weightsAre}. Use it alone.`);
}

/** A wrapper of the core with a number for each of its fields. */
export function describeWrapper<Kind extends Registered, Got>(
  wrapper: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
  traits: Omit<Wrapper, "wrapper" | "code" | "fields">,
): Wrapper {
  return { wrapper, code: kind.code, fields: inOrder<number>(kind, given), ...traits };
}

/** The optimizer with one more wrapper around it. */
export function wrapped(inner: Optimizer, wrapper: Wrapper): Optimizer {
  return {
    ...inner,
    name: `${wrapper.wrapper}(${inner.name})`,
    wrappers: [wrapper, ...inner.wrappers],
    with: (changes) => wrapped(inner.with(changes), wrapper),
  };
}
