// Records of the core by field name: recordFields.ts names the fields, this file reads and writes them.

import type { Field } from "./addresses.js";
import type { Engine } from "./engine.js";

/** An object that owns a record of the core. */
export abstract class RecordView<Name extends string> {
  /** Address of the record. */
  abstract readonly record: number;

  constructor(readonly engine: Engine) {}

  get(field: Field<Name>): number {
    return this.engine.get(this.record, field);
  }

  write(values: Readonly<Record<number, number>>): void {
    this.engine.write(this.record, values);
  }

  set(field: Field<Name>, value: number): void {
    this.engine.set(this.record, field, value);
  }
}
