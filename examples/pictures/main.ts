// Writes every picture of docs/pictures: npm run pictures, or node build/examples/pictures.js FOLDER. The same bytes each time.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "thalweg";
import { pictures } from "./pictures.js";

const folder = process.argv[2] ?? "docs/pictures";
mkdirSync(folder, { recursive: true });
for (const [name, draw] of Object.entries(pictures)) {
  // An engine of its own: what it measures of memory does not depend on what was drawn before.
  const svg = await draw(await createEngine());
  writeFileSync(join(folder, `${name}.svg`), svg);
  console.log(`${name}.svg`.padEnd(28), `${(svg.length / 1024).toFixed(1)} kB`.padStart(9));
}
