// Jest as its users set it up: tests in ES modules and in CommonJS, in the environments node and jsdom.

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const { resolve } = createRequire(import.meta.url);
const environments = ["jest-environment-node", "jest-environment-jsdom"];

/** The results of Jest's tests, { name, failure }, of an application with a configuration: the text of a module. */
function results(folder, manifest, config, flags, trained) {
  mkdirSync(folder);
  cpSync(join(import.meta.dirname, "app/train.js"), join(folder, "train.js"));
  const test = readFileSync(join(import.meta.dirname, "app/xor.test.js"), "utf8");
  for (const name of environments)
    writeFileSync(join(folder, `${name}.test.js`), `/** @jest-environment ${resolve(name)} */\n${test}`);
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "jest.config.mjs"), config);
  const args = [...flags, resolve("jest/bin/jest"), "--json", "--runInBand", "--watchman=false"];
  const env = { ...process.env, TRAINED: trained };
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
  const { testResults } = stdout ? JSON.parse(stdout) : { testResults: [] };
  return environments.flatMap((environment) => {
    const { assertionResults = [], message = stderr } =
      testResults.find(({ name }) => basename(name).startsWith(environment)) ?? {};
    if (assertionResults.length === 0) return [{ name: environment, failure: message }];
    return assertionResults.map(({ title, failureMessages }) => ({
      name: `${environment}: ${title}`,
      failure: failureMessages.join("\n"),
    }));
  });
}

/** In both modes; the configuration for CommonJS is the documented one, with a transformer. */
export function jestResults(app, documented, trained) {
  const presets = [[resolve("@babel/preset-env"), { targets: { node: "current" } }]];
  const transform = { "\\.js$": [resolve("babel-jest"), { presets }] };
  const commonjs = `${documented.replace("export default", "const documented =")}
    export default { ...documented, transform: ${JSON.stringify(transform)} };`;
  const modes = {
    "ES modules": () =>
      results(
        join(app, "jest-modules"),
        { type: "module" },
        "export default { transform: {} };",
        ["--experimental-vm-modules", "--no-warnings"],
        trained,
      ),
    CommonJS: () => results(join(app, "jest-commonjs"), {}, commonjs, [], trained),
  };
  return Object.entries(modes).flatMap(([mode, run]) =>
    run().map(({ name, failure }) => ({ name: `jest, ${mode}, ${name}`, failure })),
  );
}
