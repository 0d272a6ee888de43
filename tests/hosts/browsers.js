// Hosts that are browsers, without a library: a page of a loopback server takes jobs and posts the answers. The page is
// under the strictest policy that WebAssembly allows.

import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import sirv from "sirv";
import { end, lastLines, patience, printed, start } from "./commands.js";
import { firstOf } from "./runtimes.js";

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const html =
  '<!doctype html><meta charset="utf-8"><title>Thalweg</title><script type="module" src="/page.js"></script>';

/** A command on the path; null if it is not installed. */
export function onPath(name) {
  return firstOf((process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)));
}

/** Serves a folder and the jobs that are given one at a time; answers come as promises. */
async function serveJobs(folder) {
  let job = null;
  let waiting = null;
  const hand = () => {
    if (!waiting || !job || job.handed) return;
    job.handed = true;
    waiting.end(JSON.stringify(job.job));
    waiting = null;
  };
  const files = sirv(folder, { dev: true });
  const server = createServer(async (request, response) => {
    const path = request.url.split("?")[0];
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Cache-Control", "no-store");
    if (path === "/job") {
      waiting = response;
      hand();
    } else if (path === "/answer") {
      const { error, answer } = JSON.parse(await text(request));
      response.end();
      if (error) job.reject(new Error(error));
      else job.resolve(answer);
    } else if (path === "/") response.setHeader("Content-Type", "text/html").end(html);
    else files(request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ask = (asked) =>
    new Promise((resolve, reject) => {
      job = { job: asked, handed: false, resolve, reject };
      hand();
    });
  const fail = (reason) => job?.reject(new Error(reason));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, ask, fail, close };
}

/**
 * A browser: where it lies, how its version is asked for, and how it opens a page with a fresh profile for a build. `prepare` may
 * write into the profile first.
 */
export function browser({ name, advice, find, version, launch, prepare = () => {} }) {
  /** Starts it with a page, and an empty folder as its profile. */
  function show(url, profile, build = "release") {
    const environment = { ...process.env, HOME: profile, TMPDIR: profile };
    const run = (command, args, env) => start(command, args, { cwd: profile, env: { ...environment, ...env } });
    prepare(profile);
    const program = launch(run, find(), url, { profile, build });
    program.child.stdin.end();
    return program;
  }
  return {
    name,
    advice,
    find,
    show,
    async open({ folder, page }, build) {
      const served = await page();
      // Whatever it writes goes into the project, which is deleted afterwards.
      const profile = join(folder, `${name}-${build}`);
      mkdirSync(profile);
      const environment = { ...process.env, HOME: profile, TMPDIR: profile };
      const said = await printed(...version(find()), { cwd: profile, env: environment });
      const server = await serveJobs(served);
      const program = show(server.url, profile, build);
      program.gone.then((code) => server.fail(`${name} ended with ${code}: ${lastLines(program.errors)}`));
      const ask = async (job) => {
        const timer = setTimeout(() => {
          server.fail(`${name} has not answered within ${patience / 1000} s: ${lastLines(program.errors)}`);
        }, patience);
        try {
          return await server.ask(job);
        } finally {
          clearTimeout(timer);
        }
      };
      return {
        version: /\d+(\.\d+)+/.exec(said)[0],
        answer: ask,
        program: async (file) => ask({ program: `/${await page(file)}` }),
        async close() {
          await end(program);
          server.close();
        },
      };
    },
  };
}
