// Timing. Contenders take turns in one process, each for slices of about a millisecond (or one unit of work, if that is
// longer), so that a change of clock or a busy neighbour meets all of them. The best slice of each is what the machine
// can do; the median beside it says how steady the run was.

const sliceMilliseconds = 1;
const warmUpMilliseconds = 60;
const fewestSlices = 5;
/** A race goes on, up to this many times its time, until the best three slices of each contender agree this well. */
const patience = 2;
const agreement = 0.02;

/** @typedef {(times: number) => unknown} Contender does its work `times` times */
/** @typedef {{ best: number, median: number, slices: number }} Timing seconds for one unit of work */

/** A contender from a function that does the work once. */
export function repeated(work) {
  return (times) => {
    for (let k = 0; k < times; k++) work();
  };
}

const unmeasured = {
  first: Number.POSITIVE_INFINITY,
  second: Number.POSITIVE_INFINITY,
  third: Number.POSITIVE_INFINITY,
};

function timed(contender, times) {
  const begun = performance.now();
  contender(times);
  return performance.now() - begun;
}

/** Warms a contender up until the optimizing compilers are through, and finds how many units fill a slice. */
function timesPerSlice(contender) {
  let times = 1;
  let slice = 0;
  for (let spent = 0, turn = 0; spent < warmUpMilliseconds || turn < 3; turn++) {
    slice = timed(contender, times);
    spent += slice;
    if (slice < sliceMilliseconds / 2) times *= 2;
  }
  if (slice < 10) slice = timed(contender, times);
  return Math.max(1, Math.round((times * sliceMilliseconds) / slice));
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
    return { name, contender, times: timesPerSlice(contender), spent: 0, slices: [], ...unmeasured };
  });
  const count = runners.length;
  const begun = performance.now();
  const unsteady = ({ first, third }) => third > first * (1 + agreement);
  for (let elapsed = 0; ; elapsed = performance.now() - begun) {
    const measured = runners.every(({ slices }) => slices.length >= fewestSlices);
    const time = 1000 * seconds * (runners.some(unsteady) ? patience : 1);
    if (measured && elapsed >= time) break;
    for (const runner of runners) {
      // A slow contender must not take the time of the others.
      const fair = (1.5 * Math.max(1000 * seconds, elapsed)) / count;
      if (runner.slices.length >= fewestSlices && runner.spent > fair) continue;
      const slice = timed(runner.contender, runner.times);
      const unit = slice / runner.times / 1000;
      runner.spent += slice;
      runner.slices.push(unit);
      const [first, second, third] = [unit, runner.first, runner.second, runner.third].sort((a, b) => a - b);
      Object.assign(runner, { first, second, third });
      if (slice < sliceMilliseconds / 2) runner.times *= 2; // a neighbour was busy when the slice was chosen
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
