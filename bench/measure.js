// Timing. Contenders take turns in one process, each for slices of about a millisecond (or one unit of work, if that is
// longer), so that a change of clock or a busy neighbour meets all of them. The best slice of each is what the machine
// can do; the median beside it says how steady the run was.

const sliceMilliseconds = 1;
const warmUpMilliseconds = 60;
const fewestSlices = 5;

/** @typedef {(times: number) => unknown} Contender does its work `times` times */
/** @typedef {{ best: number, median: number, slices: number }} Timing seconds for one unit of work */

/** A contender from a function that does the work once. */
export function repeated(work) {
  return (times) => {
    for (let k = 0; k < times; k++) work();
  };
}

function timed(contender, times) {
  const begun = performance.now();
  contender(times);
  return performance.now() - begun;
}

/** Warms a contender up until the optimizing compilers are through, and finds how many units fill a slice. */
function timesPerSlice(contender) {
  let times = 1;
  for (let spent = 0, turn = 0; spent < warmUpMilliseconds || turn < 3; turn++) {
    const slice = timed(contender, times);
    spent += slice;
    if (slice < sliceMilliseconds / 2) times *= 2;
  }
  return Math.max(1, Math.round((times * sliceMilliseconds) / Math.max(timed(contender, times), 1e-6)));
}

/**
 * Seconds that each contender takes for one unit of its work.
 *
 * @template {Record<string, Contender>} C
 * @param {C} contenders
 * @param {number} [seconds] of timing, shared among them
 * @returns {{ [K in keyof C]: Timing }}
 */
export function race(contenders, seconds = 1.5) {
  const runners = Object.entries(contenders).map(([name, contender]) => {
    return { name, contender, times: timesPerSlice(contender), spent: 0, slices: [] };
  });
  const share = (seconds * 1000) / runners.length;
  const waiting = ({ spent, slices }) => spent < share || slices.length < fewestSlices;
  while (runners.some(waiting)) {
    for (const runner of runners) {
      // One that has had its time still takes part now and then, but a slow one must not hold up the others.
      if (!waiting(runner) && runner.spent > 2 * share) continue;
      const slice = timed(runner.contender, runner.times);
      runner.spent += slice;
      runner.slices.push(slice / runner.times / 1000);
    }
  }
  return Object.fromEntries(
    runners.map(({ name, slices }) => {
      slices.sort((a, b) => a - b);
      return [name, { best: slices[0], median: slices[slices.length >> 1], slices: slices.length }];
    }),
  );
}

/** How many times as fast `a` is as `b`, from the best slices and from the medians. */
export function ratio(a, b, workOfA = 1, workOfB = 1) {
  const work = workOfA / workOfB;
  return { best: (work * b.best) / a.best, median: (work * b.median) / a.median };
}
