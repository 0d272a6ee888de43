/**
 * Serves the pages on this machine: bundles them from examples/browser/page and examples/teachable, and hands out the digits
 * from the installed package. `npm run page -- --port 8080`.
 */

import { PageError, parsePort } from "./options.js";
import { writePage } from "./page.js";
import { serve } from "./server.js";

const FOLDER = "build/page";

try {
  const port = parsePort(process.argv.slice(2));
  if (port !== null) {
    await writePage(FOLDER);
    const url = await serve(FOLDER, port);
    process.stdout.write(`The page: ${url}\nTeachable classes: ${url}teachable/\nCtrl-C ends it.\n`);
  }
} catch (error) {
  if (!(error instanceof PageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
