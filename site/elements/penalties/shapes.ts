// Outlines in the plane of two weights: the ball of a penalty, and level sets of a quadratic loss.

type Point = readonly [number, number];

/** Directions around the circle; their number is divisible by four, so that the corners of the diamond are among them. */
const directions = Array.from({ length: 240 }, (_, k): Point => {
  const angle = (2 * Math.PI * k) / 240;
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  return [Math.abs(x) < 1e-12 ? 0 : x, Math.abs(y) < 1e-12 ? 0 : y];
});

/** Outline where square Σ w² + magnitude Σ |w| has a value: r (square r + magnitude s) = value in a direction of Σ |u| = s. */
export function ballOutline(square: number, magnitude: number, value: number): Point[] {
  return directions.map(([x, y]) => {
    const linear = magnitude * (Math.abs(x) + Math.abs(y));
    const root = Math.sqrt(linear ** 2 + 4 * square * value);
    const radius = square > 0 ? (root - linear) / (2 * square) : value / linear;
    return [radius * x, radius * y];
  });
}

/** Outline where (w − best)ᵀ A (w − best) has a value, for covariances A of deviation 1 and a correlation. */
export function levelOutline([bestX, bestY]: Point, correlation: number, value: number): Point[] {
  return directions.map(([x, y]) => {
    const radius = Math.sqrt(value / (x * x + 2 * correlation * x * y + y * y));
    return [bestX + radius * x, bestY + radius * y];
  });
}
