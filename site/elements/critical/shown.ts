// Result of a place: charts, a table and words, and what a picture in perspective needs.

import type { Engine } from "thalweg";
import type { PlotChart, PlotLattice } from "thalweg/plot";
import type { Trail3 } from "../kit/perspective.ts";
import type { Column } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";

export interface Shown {
  readonly charts: readonly PlotChart[];
  /** Surface with trails, in place of a first chart. */
  readonly surface?: { readonly lattice: PlotLattice; readonly trails: readonly Trail3[] };
  readonly table: {
    readonly caption: string;
    readonly columns: readonly Column[];
    readonly rows: readonly (readonly string[])[];
  };
  readonly sentences: readonly string[];
}

export type Text = (key: string, values?: Fill) => string;

/** Work of a place, in slices; `text` gives the words. */
export type Work = (engine: Engine, state: State, text: Text) => Generator<unknown, Shown>;

/** Height of a chart, in pixels. */
export const chartHeight = 300;
