// The pace of a run: at most so many updates and reports, changed while it runs, with the numbers of a run without it.

import {
  adam,
  createEngine,
  createPace,
  createTrainer,
  linear,
  meanSquaredError,
  type Pace,
  sequential,
  tanh,
} from "thalweg";
import { afterEach, describe, expect, it, vi } from "vitest";

const engine = await createEngine();
const rows = 24;
const samples = {
  inputs: Array.from({ length: rows }, (_, k) => [k / rows, (k * k) / rows ** 2]),
  targets: Array.from({ length: rows }, (_, k) => [k % 3]),
};
const create = () =>
  createTrainer(engine, {
    model: sequential([linear(2, 4), tanh(), linear(4, 1)]),
    loss: meanSquaredError(),
    optimizer: adam(),
    seed: 3,
  });

/** The seam between a run and its pace. */
const turn = (pace: Pace, done: number): Promise<number> =>
  (pace as unknown as { turn(done: number): Promise<number> }).turn(done);

afterEach(() => void vi.useRealTimers());

describe.each([false, true])("a run with a pace, worker: %s", (worker) => {
  const run = { epochs: 12, batchSize: 5, worker } as const;

  it("gives the weights of a run without one, however it changes", async () => {
    const [free, paced] = [create(), create()];
    await free.fit(samples, run);
    const pace = createPace({ stepsPerSecond: 400, reportEvery: 1 });
    const reports: number[] = [];
    const onProgress = ({ step }: { step: number }): void => {
      reports.push(step);
      pace.stepsPerSecond = [900, 2000, Number.POSITIVE_INFINITY][reports.length % 3] as number;
      pace.reportEvery = reports.length % 4;
    };
    const history = await paced.fit(samples, { ...run, pace, onProgress });
    expect(history.worker).toBe(worker);
    expect(paced.save()).toEqual(free.save());
    expect(reports.at(-1)).toBe(paced.steps);
  });

  it("is paused by 0 and goes on, and a paused one can be stopped", async () => {
    const trainer = create();
    const pace = createPace({ stepsPerSecond: 0 });
    const controller = new AbortController();
    const going = trainer.fit(samples, { steps: 40, worker, pace, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 150));
    // The first update is due at once, and no other.
    expect(trainer.steps).toBeLessThanOrEqual(1);
    pace.stepsPerSecond = Number.POSITIVE_INFINITY;
    expect(await going).toMatchObject({ steps: 40, stopped: "finished" });

    pace.stepsPerSecond = 0;
    const paused = trainer.fit(samples, { steps: 40, worker, pace, signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 100));
    controller.abort();
    expect(await paused).toMatchObject({ stopped: "signal" });
    expect(trainer.steps).toBeLessThanOrEqual(41);
  });
});

describe("a pace by the clock", () => {
  it("lets as many updates be done as became due", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
    const pace = createPace({ stepsPerSecond: 100 });
    expect(await turn(pace, 0)).toBe(1);
    await vi.advanceTimersByTimeAsync(70);
    expect(await turn(pace, 1)).toBe(7);
    // Three of the seven are done; the others are still due.
    expect(await turn(pace, 4)).toBe(4);
    // All are done: the next is due after 10 ms.
    const next = turn(pace, 8);
    let shown = false;
    void next.then(() => (shown = true));
    await vi.advanceTimersByTimeAsync(9);
    expect(shown).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await next).toBe(1);
  });

  it("makes up for a quarter of a second after a long delay, and not for more", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
    const pace = createPace({ stepsPerSecond: 100 });
    await turn(pace, 0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await turn(pace, 1)).toBe(25);
    pace.stepsPerSecond = 2;
    const none = turn(pace, 26);
    await vi.advanceTimersByTimeAsync(50);
    expect(await none).toBe(0);
    await vi.advanceTimersByTimeAsync(450);
    expect(await turn(pace, 26)).toBe(1);
  });

  it("begins anew with another run", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
    const pace = createPace({ stepsPerSecond: 100 });
    await turn(pace, 0);
    await vi.advanceTimersByTimeAsync(100);
    expect(await turn(pace, 3)).toBe(8);
    expect(await turn(pace, 0)).toBe(1);
  });
});

it("refuses what is no pace", () => {
  expect(() => createPace({ stepsPerSecond: -1 })).toThrow("pace: stepsPerSecond");
  expect(() => createPace({ stepsPerSecond: Number.NaN })).toThrow("pace: stepsPerSecond");
  expect(() => createPace({ reportEvery: -5 })).toThrow("pace: reportEvery");
  expect(() => createPace({ every: 3 } as never)).toThrow('createPace: unknown option "every"');
  const pace = createPace();
  expect(() => (pace.stepsPerSecond = "5" as never)).toThrow(TypeError);
  expect(pace.stepsPerSecond).toBe(Number.POSITIVE_INFINITY);
  expect(() => create().fit(samples, { steps: 1, pace: 100 as never })).toThrow(
    "fit: pace must be a pace by createPace, got 100",
  );
});
