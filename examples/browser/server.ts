/** A server for this machine alone. */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PageError } from "./options.js";
import type { PageFile } from "./page.js";

/** The strictest policy under which WebAssembly and a worker from a blob run. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' data:; object-src 'none'";

/**
 * serve: hands out the files; POST /result prints what the page sends, for browsers nobody looks at.
 *
 * @returns the page's address
 * @throws {PageError} if the port is taken
 */
export function serve(files: ReadonlyMap<string, PageFile>, port: number): Promise<string> {
  const server = createServer((request, response) => {
    // Not parsed as a URL, because a request target need not be one.
    const path = (request.url ?? "/").split("?", 1)[0] as string;
    if (request.method === "POST" && path === "/result") {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
        if (body.length > 10_000) request.destroy();
      });
      request.on("end", () => {
        process.stdout.write(`result ${body}\n`);
        response.writeHead(204).end();
      });
      return;
    }
    const file = request.method === "GET" || request.method === "HEAD" ? files.get(path) : undefined;
    if (!file) {
      response.writeHead(404, { "Content-Type": "text/plain" }).end("Not here.\n");
      return;
    }
    response.writeHead(200, {
      "Content-Type": file.type,
      "Content-Length": file.bytes.length,
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    });
    response.end(request.method === "HEAD" ? undefined : file.bytes);
  });
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${error.message})`;
      reject(new PageError(`page: port ${port} ${reason}. Give another one: npm run page -- --port N.`));
    });
    server.listen(port, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  });
}
