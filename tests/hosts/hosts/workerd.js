// workerd, Cloudflare's runtime: it resolves no packages and compiles no bytes, so it is given bundles whose cores are
// modules of their own. Every worker listens on a free port of its own, which workerd reports.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { end, lastLines, patience, printed, start } from "../commands.js";
import { firstOf, packaged } from "../runtimes.js";

const commands = packaged("@cloudflare", "bin/workerd", "workerd/bin/workerd");

/** The configuration of one worker: a folder with worker.js and the files it imports. */
function configuration(folder) {
  const parts = readdirSync(folder)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .sort((a, b) => Number(b === "worker.js") - Number(a === "worker.js"))
    .map((name) => `(name = "${name}", ${name.endsWith(".js") ? "esModule" : "wasm"} = embed "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (modules = [${parts.join(", ")}], compatibilityDate = "2026-07-01");
`;
}

/** Serves a folder with worker.js and the files it imports. */
export async function serve(folder) {
  writeFileSync(join(folder, "config.capnp"), configuration(folder));
  const worker = start(firstOf(commands), ["serve", "--control-fd=1", join(folder, "config.capnp")]);
  const port = await new Promise((resolve, reject) => {
    worker.child.stdout.on("data", () => {
      const listens = /"event":"listen".*"port":(\d+)/.exec(worker.output);
      if (listens) resolve(Number(listens[1]));
    });
    worker.ended.then((code) => reject(new Error(`workerd ended with ${code}: ${lastLines(worker.errors)}`)));
  });
  return { worker, url: `http://127.0.0.1:${port}/` };
}

async function asked(url, options) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(patience) });
  const text = await response.text();
  if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`);
  return text;
}

export default {
  name: "workerd",
  advice: "npm run hosts installs it",
  find: () => firstOf(commands),
  async open({ worker: bundle }) {
    const version = /[\d-]+/.exec((await printed(firstOf(commands), ["--version"])).replace(/^\D+/, ""))[0];
    const { worker, url } = await serve(await bundle("worker.js"));
    return {
      version,
      answer: async (job) => JSON.parse(await asked(url, { method: "POST", body: JSON.stringify(job) })),
      async program(file) {
        const own = await serve(await bundle(file));
        try {
          return await asked(own.url);
        } finally {
          await end(own.worker);
        }
      },
      close: () => end(worker),
    };
  },
};
