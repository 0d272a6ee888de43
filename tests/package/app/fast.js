// A program that names the fast build, as Vite has it.

import wasm from "thalweg/thalweg.fast.wasm?url";
import { report } from "./train.js";

report({ build: "fast", wasm }).then((body) => fetch(`/result${location.pathname}`, { method: "POST", body }));
