// Matches what a description gives with the class of the core that reads it, by name: see contract.ts. A field too few or too
// many is an error of the types.

/** What the core registers: its code, and the names of the numbers that a description gives, as they lie in memory. */
export interface Registered {
  readonly code: number;
  readonly fields: string;
}

type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Exclude<Text, "">;

/** A value for every field of a registered class; `Got` may have no other keys. */
export type Given<R extends Registered, Value, Got> = Readonly<Record<Words<R["fields"]>, Value>> & {
  readonly [Key in Exclude<keyof Got, Words<R["fields"]>>]: never;
};

/** Names of the fields, as the core's class lists them. */
export function namesOf({ fields }: Registered): string[] {
  return fields ? fields.split(" ") : [];
}

/** The values in that order. */
export function inOrder<Value>(registered: Registered, given: Readonly<Record<string, Value>>): Value[] {
  return namesOf(registered).map((name) => given[name] as Value);
}
