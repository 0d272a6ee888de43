// Types whose insides are no part of the interface: their declarations show the brand and what is public, because the
// build leaves out internal members.

declare const brand: unique symbol;

/** A value that only functions of this library make. */
export interface Opaque<Kind extends string> {
  readonly [brand]: Readonly<Record<Kind, true>>;
}

/** The members of an opaque type, for the function that makes it. */
export type Insides<T> = Omit<T, typeof brand>;
