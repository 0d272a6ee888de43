// What a dashboard keeps of a run.

import type { Epoch, FitProgress } from "../training/history.js";
import { isRecord, shown } from "../values/options.js";
import { GrowingCurve, type RunCurve } from "./series.js";

/** Curves of a run as plain data: they can be written as JSON, and restored. */
export interface RunCurves {
  /** Seconds of training. */
  readonly seconds: number;
  /** Loss of the updates. */
  readonly loss: RunCurve;
  /** Results of the validation samples after epochs, by name; "loss" is their loss. */
  readonly validation: Readonly<Record<string, RunCurve>>;
  /** Norms of gradients by parameter, if they were measured. */
  readonly gradients: Readonly<Record<string, RunCurve>>;
}

/** Records progress and epochs of a run. @internal */
export class RunRecord {
  #loss = new GrowingCurve();
  #validation: Record<string, GrowingCurve> = {};
  #gradients: Record<string, GrowingCurve> = {};
  /** Seconds of training, over all runs of fit. */
  seconds = 0;
  /** Seconds of the runs of fit that have ended. */
  #before = 0;
  /** Seconds of the last progress of this run of fit. */
  #last = 0;

  /** Begins another run of fit, whose seconds count from 0. */
  begin(): void {
    this.#before = this.seconds;
    this.#last = 0;
  }

  progress({ step, seconds, losses, statistics }: FitProgress): void {
    const count = losses.length;
    for (const [k, loss] of losses.entries())
      this.#loss.add(
        step - count + 1 + k,
        this.#before + this.#last + ((seconds - this.#last) * (k + 1)) / count,
        loss,
      );
    this.#last = seconds;
    this.seconds = this.#before + seconds;
    for (const [name, { gradientNorm }] of Object.entries(statistics?.parameters ?? {}))
      curveIn(this.#gradients, name).add(step, this.seconds, gradientNorm);
  }

  epoch({ step, seconds, validation }: Epoch): void {
    const at = this.#before + seconds;
    for (const [name, value] of Object.entries(validation ?? {}))
      if (typeof value === "number") curveIn(this.#validation, name).add(step, at, value);
  }

  get curves(): RunCurves {
    const curves = (all: Readonly<Record<string, GrowingCurve>>): Record<string, RunCurve> =>
      Object.fromEntries(Object.entries(all).map(([name, { curve }]) => [name, curve]));
    return {
      seconds: this.seconds,
      loss: this.#loss.curve,
      validation: curves(this.#validation),
      gradients: curves(this.#gradients),
    };
  }

  restore({ seconds, loss, validation, gradients }: RunCurves): void {
    this.clear();
    this.#loss.restore(loss);
    for (const [name, curve] of Object.entries(validation)) curveIn(this.#validation, name).restore(curve);
    for (const [name, curve] of Object.entries(gradients)) curveIn(this.#gradients, name).restore(curve);
    this.seconds = seconds;
    this.begin();
  }

  clear(): void {
    this.#loss = new GrowingCurve();
    this.#validation = {};
    this.#gradients = {};
    this.seconds = 0;
    this.begin();
  }
}

function curveIn(all: Record<string, GrowingCurve>, name: string): GrowingCurve {
  const known = all[name] ?? new GrowingCurve();
  all[name] = known;
  return known;
}

/** Checks curves that a user restores, from a file for example. */
export function checkCurves(where: string, curves: unknown): RunCurves {
  const { seconds, loss, validation, gradients } = (isRecord(curves) ? curves : {}) as Partial<RunCurves>;
  const isCurve = (curve: unknown): boolean => {
    const { steps, seconds, values } = (isRecord(curve) ? curve : {}) as Partial<RunCurve>;
    const lists = [steps, seconds, values];
    return lists.every((list) => Array.isArray(list) && list.length === steps?.length && list.every(isNumber));
  };
  const areCurves = (all: unknown): boolean => isRecord(all) && Object.values(all).every(isCurve);
  if (isNumber(seconds) && isCurve(loss) && areCurves(validation) && areCurves(gradients)) return curves as RunCurves;
  throw new TypeError(`${where}: expected the curves of a run, got ${shown(curves)}. Give what run.curves returned.`);
}

/** A number, or null, as which JSON writes one that is not finite. */
const isNumber = (value: unknown): boolean => typeof value === "number" || value === null;
