/** A server for this machine alone. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import sirv from "sirv";
import { PageError } from "./options.js";

/** The strictest policy under which WebAssembly and a worker from a blob run. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' data:; object-src 'none'";

/**
 * serve: hands out the files of a folder; POST /result prints what the page sends, for browsers nobody looks at.
 *
 * @returns the page's address
 * @throws {PageError} if the port is taken
 */
export function serve(folder: string, port: number): Promise<string> {
  const files = sirv(folder, {
    setHeaders(response) {
      response.setHeader("Content-Security-Policy", POLICY);
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("X-Content-Type-Options", "nosniff");
    },
  });
  const server = createServer(async (request, response) => {
    if (request.method === "POST" && request.url === "/result") {
      process.stdout.write(`result ${await text(request)}\n`);
      response.writeHead(204).end();
    } else {
      files(request, response, () => {
        response.writeHead(404, { "Content-Type": "text/plain" }).end("Not here.\n");
      });
    }
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${error.message})`;
      reject(new PageError(`page: port ${port} ${reason}. Give another one: npm run page -- --port N.`));
    });
    server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}
