// The figure of Newton's methods as a program, for edit and run: it makes the path that the figure shows.

import { alphaOf, type State } from "./controls.ts";
import { codeOf, surfaceOf } from "./surfaces.ts";

export function newtonProgram(state: State): string {
  const [x, y] = state.start;
  const [search, imported] = state.search ? ["backtracking()", "backtracking"] : ["fixedStep()", "fixedStep"];
  const [maker, call] = {
    newton: ["newton", `newton({ lineSearch: ${search} })`],
    damped: ["dampedNewton", `dampedNewton({ damping: ${alphaOf(state)}, lineSearch: ${search} })`],
    saddleFree: ["saddleFreeNewton", `saddleFreeNewton({ lineSearch: ${search} })`],
    trust: ["trustRegionNewton", `trustRegionNewton({ radius: ${state.radius} })`],
  }[state.method] as [string, string];
  const imports = [
    ...(state.method === "trust" ? [] : [imported]),
    "createEngine",
    "criticalPoint",
    maker,
    "lossSurface",
  ];
  return `import { ${imports.sort().join(", ")} } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const f = ({ x, y }) => ${codeOf(surfaceOf(state))};
const search = createSearch(engine, f, { x: ${x}, y: ${y} }, ${call}, { maxIterations: ${state.steps} });
const surface = lossSurface(engine, f, { x: ${x}, y: ${y} });
for (const { x: point, value } of search) {
  surface.moveTo(point);
  const { eigenvalues, kind } = criticalPoint(surface);
  console.log(\`f(\${point.x}, \${point.y}) = \${value}, eigenvalues \${eigenvalues.join(" and ")}: \${kind}\`);
}
surface.free();
console.log(search.result.status);
`;
}
