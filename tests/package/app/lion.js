// A program that names something that the core for browsers lacks.

import { lion } from "thalweg";
import "./main.js";

globalThis.used = lion;
