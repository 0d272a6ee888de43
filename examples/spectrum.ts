// How the curvatures of a small network are spread: most are almost 0, few are large. All of them by the whole Hessian,
// and their density by products with it alone, as it is done where the Hessian is too large.

import { type Engine, type LossSurface, spectralDensity, symmetricEigen } from "thalweg";
import { print, program } from "./course/program.js";
import { trained } from "./weightSpace.js";

/** All curvatures, ascending, and what stochastic Lanczos quadrature says of them. */
export function spectrum(engine: Engine, surface: LossSurface) {
  const eigenvalues = Array.from(symmetricEigen(engine, surface.hessian(), { vectors: false }).values.data);
  return { eigenvalues, density: spectralDensity(surface, { probes: 40 }) };
}

/** The share of curvatures below a bound, and what the quadrature gives for it. */
export function sharesBelow(bound: number, { eigenvalues, density }: ReturnType<typeof spectrum>): [number, number] {
  const counted = eigenvalues.filter((at) => at < bound).length / eigenvalues.length;
  return [counted, density.nodes.reduce((sum, node, k) => sum + (node < bound ? (density.weights[k] ?? 0) : 0), 0)];
}

await program(import.meta.url, async (engine) => {
  const { surface } = await trained(engine);
  const found = spectrum(engine, surface);
  const { eigenvalues } = found;
  print("", "counted", "estimated");
  for (const bound of [0, 0.01, 0.1, 1]) print(`below ${bound}`, ...sharesBelow(bound, found));
  console.log(
    `\nThe ${eigenvalues.length} curvatures reach from ${eigenvalues[0]?.toFixed(4)} to ${eigenvalues.at(-1)?.toFixed(2)}.`,
  );
  surface.free();
});
