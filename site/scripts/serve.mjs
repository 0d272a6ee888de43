// Serves a built site on this machine alone, with the content security policy that public servers should send too.
// Usage: node site/scripts/serve.mjs [--port 4173] [--base /some/where/ --folder FOLDER]

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sirv from "sirv";

// The hash is the style that switches transitions off while the theme changes between light and dark; style attributes are
// those of highlighted code and of formulas; blob: is the worker that runs an edited sample.
export const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'sha256-skqujXORqzxt1aE0NNXxujEanPTX6raoqSscTV/Ww/Y='",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Serves a folder under a base path on loopback; port 0 takes a free one. Returns the address and a function that ends it. */
export async function serve({ folder, base = "/", port = 0 }) {
  const assets = sirv(folder, { dev: true, setHeaders: (response) => setAll(response) });
  const setAll = (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
  const notFound = (response) => {
    setAll(response);
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
  };
  const server = createServer((request, response) => {
    if (!request.url.startsWith(base)) return notFound(response);
    request.url = request.url.slice(base.length - 1);
    assets(request, response, () => notFound(response));
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}${base}`, close };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4173" },
      base: { type: "string", default: "/" },
      folder: { type: "string", default: join(import.meta.dirname, "../dist") },
    },
  });
  if (!existsSync(values.folder)) {
    console.error(`${values.folder} is not there. Run npm run site first.`);
    process.exit(1);
  }
  const { url } = await serve({ ...values, port: Number(values.port) });
  console.log(`The site is at ${url}. Ctrl+C ends it.`);
}
