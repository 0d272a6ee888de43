// What the random suites share: draws by a seed, and cases that name themselves when they fail.
//
//   THALWEG_SEED   whole number from 0, default 1: other programs, trainers and files
//   THALWEG_CASES  how many cases of each suite; default: what takes a few seconds
//   THALWEG_CASE   only this one, with what it needs from the seed alone
//
// One suite: npx vitest run --project release tests/random/trainers.test.ts. All of them for an hour, a new seed every
// round: node scripts/random.mjs --minutes 60.

import { expect, it, vi } from "vitest";

/** Draws of sfc32, C. Doty-Humphrey's small fast counter generator of 128 bits (PractRand, 2010). */
export class Random {
  readonly #state: Uint32Array;

  /** The draws of one case of one suite: neither the order of the cases nor their number matters. */
  constructor(...seeds: readonly number[]) {
    this.#state = Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 1);
    for (const seed of seeds) {
      this.#state[0]! ^= seed % 2 ** 32;
      this.#state[1]! ^= Math.floor(seed / 2 ** 32);
      for (let round = 0; round < 16; round++) this.#word();
    }
  }

  #word(): number {
    const s = this.#state;
    const sum = (s[0]! + s[1]! + s[3]!) >>> 0;
    s[3]!++;
    s[0] = s[1]! ^ (s[1]! >>> 9);
    s[1] = s[2]! + (s[2]! << 3);
    s[2] = ((s[2]! << 21) | (s[2]! >>> 11)) + sum;
    return sum;
  }

  /** In [0, 1). */
  share(): number {
    return (this.#word() * 2 ** 21 + (this.#word() >>> 11)) / 2 ** 53;
  }

  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.share() * (high - low + 1));
  }

  real(low: number, high: number): number {
    return low + (high - low) * this.share();
  }

  /** Of few digits, so that it prints shortly. */
  round(low: number, high: number, digits = 2): number {
    return Number(this.real(low, high).toPrecision(digits));
  }

  chance(probability: number): boolean {
    return this.share() < probability;
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("pick: nothing to pick from.");
    return list[this.whole(0, list.length - 1)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let k = out.length - 1; k > 0; k--) {
      const j = this.whole(0, k);
      [out[k], out[j]] = [out[j] as T, out[k] as T];
    }
    return out;
  }

  /** Some of them, in their order. */
  some<T>(list: readonly T[], probability: number): T[] {
    return list.filter(() => this.chance(probability));
  }
}

const given = (name: string, usual: number): number => {
  const text = process.env[name];
  const value = text === undefined || text === "" ? usual : Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} must be a whole number, got ${text}.`);
  return value;
};

/** Cases that are shown before a suite gives up. */
const mostFailures = 5;

/** A program, trainer or file that has been drawn. */
export interface Drawn {
  /** As code that makes it again. */
  readonly code: string;
  /** Throws what is wrong. */
  check(): void | Promise<void>;
}

/**
 * One test of many drawn cases, `usual` of them if nothing else is said. A case that fails is shown as code, with what runs
 * it alone.
 */
export function drawnCases(suite: string, file: string, usual: number, draw: (random: Random) => Drawn | null): void {
  const seed = given("THALWEG_SEED", 1);
  const cases = given("THALWEG_CASES", usual);
  const only = process.env.THALWEG_CASE ? given("THALWEG_CASE", 0) : null;
  vi.setConfig({ testTimeout: 24 * 3_600_000 }); // a run that never ends is for each suite to notice
  const salt = [...suite].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 2 ** 32, 7);
  vi.spyOn(console, "warn").mockImplementation(() => {}); // of sorted rows, which are drawn on purpose
  it(`${suite}: ${only === null ? `${cases} cases` : `case ${only}`} of seed ${seed}`, async () => {
    const numbers = only === null ? Array.from({ length: cases }, (_, k) => k) : [only];
    const failures: string[] = [];
    for (const k of numbers) {
      if (failures.length === mostFailures) break;
      const drawn = draw(new Random(seed, salt, k));
      try {
        await drawn?.check();
      } catch (error) {
        const { message, stack } = error instanceof Error ? error : new Error(String(error));
        const again = `THALWEG_SEED=${seed} THALWEG_CASE=${k} npx vitest run --project release tests/random/${file}`;
        const where = stack?.split("\n").find((line) => /tests.random|bindings|dist/.test(line)) ?? "";
        failures.push(`${suite}, case ${k} of seed ${seed}: ${message}\n${where}\n\n${again}\n\n${drawn?.code}`);
      }
    }
    if (failures.length > 0) expect.fail(failures.join("\n\n"));
  });
}

/** Numbers as they stand in code. */
export function literal(value: number): string {
  if (Object.is(value, -0)) return "-0";
  return String(value);
}

/** An array as it stands in code; a long one only by its beginning, for the seed has it all. */
export function listed(values: ArrayLike<number>, most = 80): string {
  const shown = Array.from({ length: Math.min(values.length, most) }, (_, k) => literal(values[k] as number));
  return values.length <= most ? shown.join(", ") : `${shown.join(", ")}, /* ${values.length} in all */`;
}
