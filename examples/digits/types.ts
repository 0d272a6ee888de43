/** Measurements of the digits job, for its report and its JSON file. */

/** The networks, in the order in which they are trained. Layers: network.ts. */
export const NETWORKS = ["dense", "convolutional"] as const;
export type Network = (typeof NETWORKS)[number];

/** One recorded moment of a run. */
export interface HistoryPoint {
  /** Updates of the weights made so far. */
  update: number;
  /** Passes over the training data so far; fractions are allowed. */
  epoch: number;
  /** Seconds of training so far, evaluation not counted. */
  seconds: number;
  /** Mean training loss since the previous point. */
  loss: number;
  /** Test accuracy, 0 .. 1, if it was measured. */
  testAccuracy?: number;
}

/** One optimizer's training of a network, whose initial weights are the same in all its runs. */
export interface RunResult {
  network: Network;
  /** "batch GD", "SGD, one sample", "mini-batch SGD", "SGD + momentum" or "Adam". */
  optimizer: string;
  /** True if every update distorted its digits anew. */
  augmented: boolean;
  batchSize: number;
  /** Test accuracy at the end, 0 .. 1. */
  testAccuracy: number;
  /** Mean loss over all training digits at the end; NaN if it is not finite. */
  loss: number;
  updates: number;
  epochs: number;
  seconds: number;
  /** Speed relative to the sample of the plain JavaScript trainer; null if not measured or not compared. */
  timesPlainJavaScript: number | null;
  history: HistoryPoint[];
}

/** Machine of the measurement. */
export interface Machine {
  cpu: string;
  cores: number;
  node: string;
  platform: string;
  /** "reproducible" or "fast". */
  wasmBuild: string;
}

/** Misclassified test digit. */
export interface MisclassifiedDigit {
  /** [784] ink, 0..255, row by row. */
  pixels: Uint8Array;
  label: number;
  predicted: number;
  /** Probability that the network gave to its wrong prediction, 0 .. 1. */
  probability: number;
}

/** Everything the report shows. */
export interface ReportData {
  machine: Machine;
  runs: RunResult[];
  /** Batch size, learning rate and the like in a sentence, by the name of the run. */
  settings?: Record<string, string>;
  /** Confusion matrix of the first Adam run: [true digit][predicted digit], numbers of test digits. */
  confusion?: number[][];
  /** Some or all of the mistakes of that run; the report shows the most confident ones. */
  misclassified: MisclassifiedDigit[];
  /** Total number of misclassified digits. */
  misclassifiedTotal: number;
  /** When the runs ended; now, if not given. */
  date?: Date;
  /** True when the job was stopped before all runs were complete. */
  interrupted?: boolean;
}
