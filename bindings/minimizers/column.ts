// Columns of numbers that grow while a search runs.

/** Numbers of a column, in an array that doubles when it is full. */
export class Column {
  #numbers = new Float64Array(64);
  #length = 0;

  push(values: ArrayLike<number>): void {
    const length = this.#length + values.length;
    if (length > this.#numbers.length) {
      const larger = new Float64Array(Math.max(length, 2 * this.#numbers.length));
      larger.set(this.#numbers.subarray(0, this.#length));
      this.#numbers = larger;
    }
    this.#numbers.set(values, this.#length);
    this.#length = length;
  }

  replaceLast(value: number): void {
    this.#numbers[this.#length - 1] = value;
  }

  get values(): Float64Array {
    return this.#numbers.slice(0, this.#length);
  }

  at(k: number): number {
    return this.#numbers[k] as number;
  }

  range(from: number, to: number): Float64Array {
    return this.#numbers.slice(from, to);
  }
}
