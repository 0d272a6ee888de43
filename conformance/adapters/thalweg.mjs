// Thalweg in double precision, as built in this repository (npm run build).

import * as thalweg from "../../dist/node.js";
import own from "../../package.json" with { type: "json" };
import { thalwegAdapter } from "./thalweg/adapter.mjs";

export default thalwegAdapter(thalweg, await thalweg.createEngine(), "f64", own.version);
