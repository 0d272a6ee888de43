// Ops of adapters by the names of their inputs in the cases.

/** An op of one input, x, and its arguments. */
export const of =
  (f) =>
  ({ x }, args) =>
    f(x, args);

/** An op of two inputs, a and b. */
export const pair =
  (f) =>
  ({ a, b }) =>
    f(a, b);
