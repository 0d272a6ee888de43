/** The command line of the page's server. */

import { parseArgs } from "node:util";

/** Error that prevents the page from being served; the message says what to do. */
export class PageError extends Error {
  override readonly name = "PageError";
}

/**
 * parsePort: the port of a command line; default 0, any that is free.
 *
 * @throws {PageError} for an unknown option, or a port that is none
 */
export function parsePort(args: string[]): { port: number; help: boolean } {
  let values: { port?: string | undefined; help?: boolean | undefined };
  try {
    ({ values } = parseArgs({ args, options: { port: { type: "string" }, help: { type: "boolean", short: "h" } } }));
  } catch (error) {
    throw new PageError(`page: ${(error as Error).message.split(". ")[0]}. Options: --port N, --help.`);
  }
  const port = values.port === undefined ? 0 : Number(values.port || Number.NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new PageError(
      `page: --port must be a whole number 0 .. 65535, got ${values.port}. Leave it out for a free one.`,
    );
  return { port, help: values.help ?? false };
}
