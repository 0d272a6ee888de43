// The floors of the house: a file of assembly/ imports from its own floor or from floors above it in this list; rooms
// on one floor do not know each other. scripts/floors.mjs runs these rules and proves that they bite.

export const floors = [
  ["abi"],
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
  ["core", "rarer", "solvers", "inspector"],
  ["index"],
];

const inside = (rooms) => `^assembly/(${rooms.join("|")})(/|\\.ts$)`;

const upward = floors.flatMap((rooms, height) =>
  rooms.map((room) => ({
    name: `${room} stands on lower floors only`,
    severity: "error",
    from: { path: inside([room]) },
    to: { path: "^assembly/", pathNot: inside([...floors.slice(0, height).flat(), room]) },
  })),
);

const product = "^(assembly|bindings)/";

export default {
  forbidden: [
    ...upward,
    {
      // A circle that only types close is gone once compiled: a handle may name the trace that made it.
      name: "no circles",
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
      to: { path: "^assembly/", pathNot: "^assembly/(abi|optimizers/codes)\\.ts$" },
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
