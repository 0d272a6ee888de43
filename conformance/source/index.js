export { cases } from "./cases.js";
export { problems } from "./problems.js";
export { run, unsupported } from "./run.js";
