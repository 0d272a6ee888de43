// A job from standard input, its answer on standard output: the same text in Node, Deno and Bun.

import { stdin } from "node:process";
import { text } from "node:stream/consumers";
import { answer } from "./suite.js";

console.log(JSON.stringify(await answer(JSON.parse(await text(stdin)))));
