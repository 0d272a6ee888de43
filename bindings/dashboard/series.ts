// Values of a run over its updates, in bounded memory.

/** Curve of a run: the updates, the seconds of training and the values of its points. */
export interface RunCurve {
  /** Updates at the points. */
  readonly steps: readonly number[];
  /** Seconds of training at the points. */
  readonly seconds: readonly number[];
  /** Values of the points. */
  readonly values: readonly number[];
}

/** Most points of a curve; beyond it each two neighbors become their mean. */
const most = 1000;

/** A curve that grows: every point is the mean of the same number of values, which doubles when there are too many points. */
export class GrowingCurve {
  #steps: number[] = [];
  #seconds: number[] = [];
  #values: number[] = [];
  #stride = 1;
  #sum = 0;
  #count = 0;

  /** Adds a value; a value that is not finite is a point of its own. */
  add(step: number, seconds: number, value: number): void {
    this.#sum += value;
    this.#count++;
    if (this.#count < this.#stride && Number.isFinite(value)) return;
    this.#push(step, seconds, this.#sum / this.#count);
    [this.#sum, this.#count] = [0, 0];
    if (this.#values.length >= most) this.#halve();
  }

  get curve(): RunCurve {
    return { steps: this.#steps, seconds: this.#seconds, values: this.#values };
  }

  restore({ steps, seconds, values }: RunCurve): void {
    [this.#steps, this.#seconds, this.#values] = [[...steps], [...seconds], [...values]];
    [this.#stride, this.#sum, this.#count] = [1, 0, 0];
    while (this.#values.length >= most) this.#halve();
  }

  #push(step: number, seconds: number, value: number): void {
    this.#steps.push(step);
    this.#seconds.push(seconds);
    this.#values.push(value);
  }

  #halve(): void {
    const isLast = (_: number, k: number): boolean => k % 2 === 1;
    const means = this.#values.map((value, k) => (value + (this.#values[k - 1] ?? value)) / 2);
    this.#values = means.filter(isLast);
    this.#steps = this.#steps.filter(isLast);
    this.#seconds = this.#seconds.filter(isLast);
    this.#stride *= 2;
  }
}
