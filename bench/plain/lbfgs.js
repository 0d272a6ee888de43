// L-BFGS as one writes it in plain JavaScript: two-loop recursion and a strong Wolfe search by bracket and zoom
// (Nocedal and Wright, Numerical Optimization, 2006, algorithms 7.5, 3.5 and 3.6), with the rules of the engine's.

/** The chained Rosenbrock function: its value, with the gradient written to g. */
export function rosenbrock(x, g) {
  const n = x.length;
  let value = 0;
  g.fill(0);
  for (let i = 0; i + 1 < n; i++) {
    const t = x[i + 1] - x[i] * x[i];
    const s = x[i] - 1;
    value += 100 * t * t + s * s;
    g[i] += -400 * x[i] * t + 2 * s;
    g[i + 1] += 200 * t;
  }
  return value;
}

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function cubic(a, fa, da, b, fb, db) {
  const d = da + db - (3 * (fa - fb)) / (a - b);
  const root = Math.sqrt(d * d - da * db) * (b > a ? 1 : -1);
  return b - ((b - a) * (db + root - d)) / (db - da + 2 * root);
}

/** Minimizes `f(x, g)` from x, in place, for at most so many iterations; the iterations done. */
export function lbfgs(f, x, memory, tolerance, limit) {
  const n = x.length;
  let g = new Float64Array(n);
  let trialGradient = new Float64Array(n);
  const trial = new Float64Array(n);
  const d = new Float64Array(n);
  const s = [];
  const y = [];
  const rho = [];
  const alpha = new Float64Array(memory);
  let value = f(x, g);
  let iterations = 0;
  let scale = 1;
  while (iterations < limit) {
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(g[i]));
    if (largest <= tolerance) break;
    for (let i = 0; i < n; i++) d[i] = -g[i];
    for (let k = s.length - 1; k >= 0; k--) {
      alpha[k] = rho[k] * dot(s[k], d);
      for (let i = 0; i < n; i++) d[i] -= alpha[k] * y[k][i];
    }
    for (let i = 0; i < n; i++) d[i] *= scale;
    for (let k = 0; k < s.length; k++) {
      const factor = alpha[k] - rho[k] * dot(y[k], d);
      for (let i = 0; i < n; i++) d[i] += factor * s[k][i];
    }
    const slope0 = dot(g, d);
    let t = s.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(d, d)));
    let [low, lowValue, lowSlope] = [0, value, slope0];
    let [high, highValue, highSlope] = [0, 0, 0];
    let zooms = false;
    let before = 0;
    let trialValue = value;
    for (let trials = 1; ; trials++) {
      for (let i = 0; i < n; i++) trial[i] = x[i] + t * d[i];
      trialValue = f(trial, trialGradient);
      const slope = dot(trialGradient, d);
      const enough = trialValue <= value + 1e-4 * t * slope0;
      if ((enough && Math.abs(slope) <= -0.9 * slope0) || trials >= 40) break;
      const above = !enough || (trialValue >= lowValue && (zooms || trials > 1));
      if (!zooms && !above && slope < 0) {
        const guess = cubic(low, lowValue, lowSlope, t, trialValue, slope);
        const least = t + 0.5 * (t - low);
        [low, lowValue, lowSlope] = [t, trialValue, slope];
        t = guess > least ? Math.min(guess, 10 * t) : 2 * t;
        continue;
      }
      if (above) [high, highValue, highSlope] = [t, trialValue, slope];
      else {
        if (!zooms || slope * (high - low) >= 0) [high, highValue, highSlope] = [low, lowValue, lowSlope];
        [low, lowValue, lowSlope] = [t, trialValue, slope];
      }
      const width = Math.abs(high - low);
      const guess = cubic(low, lowValue, lowSlope, high, highValue, highSlope);
      const inner = Math.min(Math.max(guess, Math.min(low, high) + 0.1 * width), Math.max(low, high) - 0.1 * width);
      t = Number.isNaN(inner) || (zooms && width > 0.66 * before) ? 0.5 * (low + high) : inner;
      before = width;
      zooms = true;
    }
    const full = s.length === memory;
    const ds = full ? s.shift() : new Float64Array(n);
    const dy = full ? y.shift() : new Float64Array(n);
    if (full) rho.shift();
    for (let i = 0; i < n; i++) {
      ds[i] = trial[i] - x[i];
      dy[i] = trialGradient[i] - g[i];
    }
    const sy = dot(ds, dy);
    s.push(ds);
    y.push(dy);
    rho.push(1 / sy);
    scale = sy / dot(dy, dy);
    x.set(trial);
    [g, trialGradient] = [trialGradient, g];
    value = trialValue;
    iterations++;
  }
  return { iterations, value };
}
