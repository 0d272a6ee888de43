// Hosts that are a command: Node, Deno and Bun take a job from standard input, one process for each.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { printed } from "./commands.js";

const modules = join(import.meta.dirname, "node_modules");

/** The first of some commands that is there; null if none is. */
export function firstOf(commands) {
  return commands.find((command) => existsSync(command)) ?? null;
}

/**
 * Where a program may lie that npm brought: in the package of this platform, one of a scope's, or where an install
 * script, if scripts may run, has moved it.
 */
export function packaged(scope, program, moved) {
  const folder = join(modules, scope);
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  return [...packages.map((name) => join(folder, name, program)), join(modules, moved)];
}

/** A host that runs modules; `args` stand before the file, `commands` are where it may lie. */
export function runtime({ name, commands, args = [], env = {}, advice = "npm run hosts installs it" }) {
  return {
    name,
    advice,
    find: () => firstOf(commands),
    async open({ folder }) {
      const command = firstOf(commands);
      const options = { cwd: folder, env: { ...process.env, ...env } };
      const run = (file, input) => printed(command, [...args, file], { ...options, input });
      return {
        version: /\d+\.\d+\.\d+/.exec(await printed(command, ["--version"], options))[0],
        answer: async (job) => JSON.parse((await run("stdio.js", JSON.stringify(job))).split("\n").at(-1)),
        program: (file) => run(file),
        async close() {},
      };
    },
  };
}

/** A version of Node: the package's, or the one that runs this. */
export function node(major, name = `node${major}`, args = []) {
  const own = process.versions.node.startsWith(`${major}.`) ? [process.execPath] : [];
  const commands = [join(modules, `node${major}`, "bin", "node"), ...own];
  return runtime({
    name,
    commands,
    args,
    advice: "npm run hosts installs it on Linux for x64; elsewhere run this with it",
  });
}
