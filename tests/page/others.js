// Firefox and WebKit, started with the page's address and a fresh profile, as tests/hosts starts them.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, start } from "../hosts/commands.js";

/** Those of tests/hosts, with how they are started. */
export async function others() {
  return Promise.all(
    ["firefox", "webkit"].map(async (name) => {
      const { default: host } = await import(`../hosts/hosts/${name}.js`);
      const { advice, find, launch, prepare = () => {} } = host;
      return {
        name,
        advice,
        here: find() !== null,
        /** Opens a page; the answer closes it. */
        open(url) {
          const profile = mkdtempSync(join(tmpdir(), `thalweg-${name}-`));
          const environment = { ...process.env, HOME: profile, TMPDIR: profile };
          const run = (command, args, env) => start(command, args, { cwd: profile, env: { ...environment, ...env } });
          prepare(profile);
          const program = launch(run, find(), url, profile);
          program.child.stdin.end();
          return async () => {
            await end(program);
            rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
          };
        },
      };
    }),
  );
}
