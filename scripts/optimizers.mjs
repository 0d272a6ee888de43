// Writes the lists of optimizers, so that a new one is its rule, its description and a row of its tests, and no list is
// edited by hand:
//
//   assembly/optimizers/codes.ts   a number for every rule that a file of the folder registers
//   assembly/optimizers/index.ts   registerRules, which calls the register functions of the common rules, and
//                                  registerRarerRules, which calls all others of the folder
//   bindings/optimizers/index.ts   every public name of the descriptions
//
// Codes change when rules are added; nothing that is saved holds them.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const core = "assembly/optimizers";
const bindings = "bindings/optimizers";
/** What descriptions are made of; public types of these are named in bindings/index.ts. */
const parts = ["convention.ts", "decay.ts", "moments.ts", "optimizer.ts", "wrap.ts"];
const generated = ["codes.ts", "index.ts"];
/** Files of the rules that the core for browsers holds; the description of any other is `beyondCore`. */
const common = ["adam", "momentum", "rmsprop", "sgd"];
const header = "// Written by scripts/optimizers.mjs.\n\n";

const sources = (folder, without) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !without.includes(name))
    .sort()
    .map((name) => ({ name: name.slice(0, -3), text: readFileSync(`${folder}/${name}`, "utf8") }));

/** Leaves a file alone that says the same already, for whoever watches it. */
function write(file, body) {
  if (!existsSync(file) || readFileSync(file, "utf8") !== header + body) writeFileSync(file, header + body);
}

export function writeOptimizerLists() {
  const files = sources(core, generated);
  const codes = files.flatMap(({ text }) => [...text.matchAll(/^ {2}registerRule<.+>\((rule\w+)\);$/gm)]);
  write(`${core}/codes.ts`, codes.map(([, rule], code) => `export const ${rule} = ${code};\n`).join(""));

  const registers = files.flatMap(({ name, text }) =>
    [...text.matchAll(/^export function (register\w+)\(\): void/gm)].map(([, register]) => ({ name, register })),
  );
  const imports = registers.map(({ name, register }) => `import { ${register} } from "./${name}";\n`).join("");
  const calling = (name, called) =>
    `\nexport function ${name}(): void {\n${called.map(({ register }) => `  ${register}();\n`).join("")}}\n`;
  const isCommon = ({ name }) => common.includes(name);
  const rules = calling("registerRules", registers.filter(isCommon));
  const rarer = calling(
    "registerRarerRules",
    registers.filter((rule) => !isCommon(rule)),
  );
  write(`${core}/index.ts`, imports + rules + rarer);

  const descriptions = sources(bindings, [...parts, ...generated]);
  write(`${bindings}/index.ts`, descriptions.map(({ name }) => `export * from "./${name}.js";\n`).join(""));
}
