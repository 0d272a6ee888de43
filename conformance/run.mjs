#!/usr/bin/env node
// The command line: runs all cases through an adapter and prints a table.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { summary } from "./source/report.js";
import { run } from "./source/run.js";

const help = `Usage: node run.mjs ADAPTER [--only NAME,...] [--json]

  ADAPTER          module whose default export is an adapter: see README.md
  --only NAME,...  only these ops, optimizers and schedules
  --json           the report as JSON
  --help           this text

Exit code 0 if no case failed, 1 if one did, 2 if the call is wrong. Cases that a library lacks do not fail.`;

const options = { only: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } };

try {
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) console.log(help);
  else {
    if (positionals.length !== 1) throw new TypeError(`expected one adapter, got ${positionals.length}.`);
    const { default: adapter } = await import(pathToFileURL(resolve(positionals[0])).href);
    const report = await run(adapter, { only: values.only?.split(",") ?? [] });
    console.log(values.json ? JSON.stringify(report, null, 1) : summary(report));
    process.exitCode = report.results.some(({ status }) => status === "failed") ? 1 : 0;
  }
} catch (error) {
  console.error(`conformance: ${error.message}\n\n${help}`);
  process.exitCode = 2;
}
