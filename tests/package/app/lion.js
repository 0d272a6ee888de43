// A program that names something that the feature set "dense" lacks.

import { lion } from "thalweg";
import "./main.js";

globalThis.used = lion;
