// Matches what a description gives with the class of the core that reads it, by name: see contract.ts.

/** What the core registers: its code, and the names of the numbers that a description gives, as they lie in memory. */
export interface Registered {
  readonly code: number;
  readonly fields: readonly string[];
}

/** A value for every field of a registered class; `Got` may have no other keys. */
export type Given<R extends Registered, Value, Got> = Readonly<Record<R["fields"][number], Value>> & {
  readonly [Key in Exclude<keyof Got, R["fields"][number]>]: never;
};

/**
 * The values as the core's class lists them.
 *
 * @throws TypeError  a field is missing, or there is another one
 */
export function inOrder<Value>(where: string, { fields }: Registered, given: Readonly<Record<string, Value>>): Value[] {
  const names = Object.keys(given);
  if (names.length !== fields.length || !fields.every((name) => name in given))
    throw new TypeError(
      `${where}: got the fields ${names.join(", ")}, expected ${fields.join(", ")}. Build both again.`,
    );
  return fields.map((name) => given[name] as Value);
}
