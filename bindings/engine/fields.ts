// Matches the fields of a description by name with those of the core's class: see contract.ts. A missing or an unknown
// field is a type error.

/** Registration in the core: its code, and the names of its fields in the order in which they lie in memory. */
export interface Registered {
  readonly code: number;
  readonly fields: string;
}

type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Exclude<Text, "">;

/** Value for every field of a registered class; `Got` may have no other keys. */
export type Given<R extends Registered, Value, Got> = Readonly<Record<Words<R["fields"]>, Value>> & {
  readonly [Key in Exclude<keyof Got, Words<R["fields"]>>]: never;
};

/** Names of the fields, in the order of the core's class. */
export function namesOf({ fields }: Registered): string[] {
  return fields ? fields.split(" ") : [];
}

/** Values of the fields, in that order. */
export function inOrder<Value>(registered: Registered, given: Readonly<Record<string, Value>>): Value[] {
  return namesOf(registered).map((name) => given[name] as Value);
}
