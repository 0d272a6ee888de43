// The floors of assembly/ and of bindings/: a file imports from its own room or from rooms above it in these lists, types
// included; rooms on one floor do not know each other, and files form no circle. scripts/floors.mjs runs these rules and proves that they bite.

export const floors = {
  assembly: [
    ["abi", "numbers"],
    ["memory"],
    ["kernels"],
    ["linalg"],
    ["graph"],
    ["ops"],
    ["autodiff"],
    ["program"],
    ["optimizers", "schedules"],
    ["minimizers", "data"],
    ["training", "curvature"],
    ["registrations"],
    ["dense", "solvers", "inspector"],
    ["images", "sequences", "whole"],
  ],
  bindings: [
    ["values"],
    ["engine"],
    ["schedules", "linalg", "files", "tensors"],
    ["optimizers", "layers", "data", "images", "losses"],
    ["augmentation", "table", "text"],
    ["models", "training"],
    ["curvature", "load"],
    ["derivatives", "plot"],
    ["minimizers", "inspect", "dashboard", "export", "import"],
    ["index"],
    ["hosts"],
  ],
};

const inside = (side, rooms) => `^${side}/(${rooms.join("|")})(/|\\.ts$)`;

const upward = Object.entries(floors).flatMap(([side, storeys]) =>
  storeys.flatMap((rooms, height) =>
    rooms.map((room) => ({
      name: `${side}/${room} stands on lower floors only`,
      severity: "error",
      from: { path: inside(side, [room]) },
      to: { path: `^${side}/`, pathNot: inside(side, [...storeys.slice(0, height).flat(), room]) },
    })),
  ),
);

const product = "^(assembly|bindings)/";

export default {
  forbidden: [
    ...upward,
    {
      // One pair is one idea in two files: the public type of a tensor names its trace, and a trace makes tensors.
      name: "no circles, types included",
      severity: "error",
      from: {},
      to: { circular: true, via: { pathNot: "^bindings/tensors/(tensor|trace)\\.ts$" } },
    },
    {
      name: "no circles that remain once compiled",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no import without a file",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^thalweg|^#worker$|\\.wasm(\\?module)?$|\\.embedded\\.js$" },
    },
    {
      name: "assembly imports itself only",
      severity: "error",
      from: { path: "^assembly/" },
      to: { couldNotResolve: false, pathNot: "^assembly/" },
    },
    {
      name: "bindings know of the engine's numbers only",
      severity: "error",
      from: { path: "^bindings/" },
      to: { path: "^assembly/", pathNot: "^assembly/abi\\.ts$" },
    },
    {
      name: "the product imports no tests, examples, benchmarks or scripts",
      severity: "error",
      from: { path: product },
      to: { path: "^(tests|examples|bench|scripts)/" },
    },
    {
      name: "every case is run by a spec",
      severity: "error",
      from: { path: "^tests/assembly/[^/]+\\.spec\\.ts$" },
      module: { path: "^tests/assembly/cases/", numberOfDependentsLessThan: 1 },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js", ".json"] },
  },
};
