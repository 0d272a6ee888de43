// Points of the plane in two classes, by formulas, so that every machine has the same.

export const sampleNames = ["annulus", "moons", "spirals"] as const;
/** Points in all. */
export const count = 200;

export interface Samples {
  readonly inputs: readonly (readonly [number, number])[];
  readonly targets: Int32Array;
}

/** An even sequence of points of the unit square: multiples of powers of 1 / φ, φ³ = φ + 1. */
const spread = (k: number): readonly [number, number] => [(0.5 + 0.7548776662 * k) % 1, (0.5 + 0.5698402909 * k) % 1];

/** Points on two interleaved curves, each moved a little. */
function curves(
  at: (share: number) => readonly [number, number],
  other: (point: readonly [number, number]) => readonly [number, number],
) {
  return (k: number): readonly [x: number, y: number, target: number] => {
    const point = at(Math.floor(k / 2) / (count / 2 - 1));
    const [x, y] = k % 2 ? other(point) : point;
    const [dx, dy] = spread(k);
    return [x + 0.3 * (dx - 0.5), y + 0.3 * (dy - 0.5), k % 2];
  };
}

const kinds: Readonly<Record<string, (k: number) => readonly [number, number, number]>> = {
  // The course's problem: class 1 where 1 ≤ ‖x‖ ≤ 2.
  annulus: (k) => {
    const [x, y] = spread(k).map((share) => 5 * share - 2.5) as [number, number];
    const radius = Math.hypot(x, y);
    return [x, y, radius >= 1 && radius <= 2 ? 1 : 0];
  },
  moons: curves(
    (share) => [1.6 * Math.cos(Math.PI * share) - 0.8, 1.6 * Math.sin(Math.PI * share) - 0.4],
    ([x, y]) => [-x, -y],
  ),
  spirals: curves(
    (share) => {
      const [radius, angle] = [0.3 + 2 * share, 3 * Math.PI * share];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
    ([x, y]) => [-x, -y],
  ),
};

export function samplesOf(name: string): Samples {
  const rows = Array.from({ length: count }, (_, k) =>
    (kinds[name] as (k: number) => readonly [number, number, number])(k),
  );
  return { inputs: rows.map(([x, y]) => [x, y]), targets: Int32Array.from(rows, ([, , target]) => target) };
}
