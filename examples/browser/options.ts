/** The command line of the page's server. */

import { Command, CommanderError, InvalidArgumentError } from "commander";

/** Error that prevents the page from being served; the message says what to do. */
export class PageError extends Error {
  override readonly name = "PageError";
}

/**
 * parsePort: the port of a command line, default 0, any that is free; null after --help, whose text is written.
 *
 * @throws {PageError} for an unknown option, or a port that is none
 */
export function parsePort(args: readonly string[]): number | null {
  const program = new Command("npm run page --")
    .description("Serves the page in which a network learns to read.")
    .option("--port <n>", "port of the server; default one that is free", portOf, 0)
    .allowExcessArguments(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return null;
    throw new PageError(
      `page: ${error.message.replace(/^error: /, "").replace("\n", ". ")} Options: --port N, --help.`,
    );
  }
  return program.opts().port as number;
}

function portOf(text: string): number {
  const port = Number(text || Number.NaN);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new InvalidArgumentError("Expected a whole number 0 .. 65535; leave it out for a free one.");
}
