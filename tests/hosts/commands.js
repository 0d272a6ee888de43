// Starting programs: what they print is kept, what hangs is ended with everything it started, and nothing else is.

import { spawn } from "node:child_process";

/** Milliseconds after which a program that has not answered hangs; debug builds on a busy machine take their time. */
export const patience = 120_000;

const running = new Set();
/** Sends a signal to a program and everything it started. */
function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {} // it is gone already
}
process.on("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => process.exit(1));

/** Starts a program as the head of a process group of its own. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true, stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const program = { child, output: "", errors: "", gone: null, ended: null };
  child.stdout.on("data", (chunk) => (program.output += chunk));
  child.stderr.on("data", (chunk) => (program.errors += chunk));
  child.stdin.on("error", () => {}); // it ended without reading; its exit code says more
  // It is gone when it exits; it has ended, and said all, when nobody holds its output any more.
  const told = (event) =>
    new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on(event, (code, name) => resolve(code ?? name));
    });
  program.gone = told("exit");
  program.ended = told("close");
  program.gone.then(() => running.delete(child));
  return program;
}

/** Ends a program and its group, gently at first. */
export async function end({ child, gone }) {
  signal(child, "SIGTERM");
  const timer = setTimeout(() => signal(child, "SIGKILL"), 2000);
  await gone;
  clearTimeout(timer);
  signal(child, "SIGKILL"); // what outlived the head of the group
}

/** What a program prints on standard output, given `input` on standard input. */
export async function printed(command, args, { input = "", ...options } = {}) {
  const program = start(command, args, options);
  program.child.stdin.end(input);
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    end(program);
  }, patience);
  const code = await program.ended;
  clearTimeout(timer);
  if (code === 0) return program.output.trim();
  const reason = hangs ? `has not ended within ${patience / 1000} s` : `ended with ${code}`;
  throw new Error(`${command} ${reason}: ${lastLines(program.errors || program.output)}`);
}

export function lastLines(text) {
  return text.trim().split("\n").slice(-6).join("\n");
}
