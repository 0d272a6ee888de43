// A registry that has the package and nothing else, for npm and Deno: as npm's it gives the packed file, as JSR's the
// files that would be published there.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const types = { ".js": "text/javascript", ".ts": "text/typescript", ".wasm": "application/wasm" };
const digest = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

/**
 * Serves the packed file `tarball` of `manifest`, and `files` of the folder `jsr`. Answers its address, the files of JSR's
 * package that were asked for, and what closes it.
 */
export function serveRegistry({ tarball, manifest, jsr, files }) {
  const { name, version } = manifest;
  const published = JSON.parse(readFileSync(join(jsr, "jsr.json"), "utf8"));
  const bytesOf = (file) => readFileSync(join(jsr, file));
  const asked = [];

  const npmPackage = (url) => {
    const dist = { tarball: `${url}${name}.tgz`, integrity: `sha512-${digest("sha512", tarball, "base64")}` };
    return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
  };
  const listed = () =>
    files.map((file) => {
      const bytes = bytesOf(file);
      return [`/${file}`, { size: bytes.length, checksum: `sha256-${digest("sha256", bytes, "hex")}` }];
    });
  const jsrPath = `/${published.name}/`;
  const documents = {
    [`/${name}`]: npmPackage,
    [`${jsrPath}meta.json`]: () => ({ latest: version, versions: { [version]: {} } }),
    [`${jsrPath}${version}_meta.json`]: () => ({ exports: published.exports, manifest: Object.fromEntries(listed()) }),
  };

  return new Promise((resolve) => {
    const server = createServer((request, response) => {
      const file = request.url.replace(`${jsrPath}${version}/`, "");
      const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
      if (request.url in documents) send("application/json", JSON.stringify(documents[request.url](address())));
      else if (request.url === `/${name}.tgz`) send("application/gzip", tarball);
      else if (files.includes(file)) {
        asked.push(file);
        send(types[extname(file)], bytesOf(file));
      } else response.writeHead(404).end();
    });
    const address = () => `http://127.0.0.1:${server.address().port}/`;
    server.listen(0, "127.0.0.1", () => resolve({ url: address(), asked, close: () => server.close() }));
  });
}
