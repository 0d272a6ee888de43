// The server of `npm run page` outlives whatever is asked of it, and neither its dense page nor the worker of
// teachable classes has layers for images.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePage } from "../../examples/browser/page.js";
import { serve } from "../../examples/browser/server.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "page-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("what is no address is not here", async () => {
  writeFileSync(join(folder, "index.html"), "page");
  const { port } = new URL(await serve(folder, 0));
  const ask = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  const paths = ["//", "/", "/?a=//", "http://", "/%", "//[", "/\\", "*", "/__proto__"];
  const statuses: unknown[] = [];
  for (const path of paths) statuses.push(await ask(path));
  expect(statuses).toEqual([404, 200, 200, 404, 404, 404, 404, 404, 404]);
});

it("the layers for images and augmentation are in a bundle of their own", async () => {
  await writePage(folder);
  const text = (path: string) => readFileSync(join(folder, path), "utf8");
  // Words of conv2d and of randomAffine, and one of what both bundles use.
  for (const [path, images] of [
    ["/main.js", false],
    ["/images.js", true],
    ["/teachable/worker.js", false],
  ] as const) {
    for (const word of ["paddingMode", "randomAffine"]) expect(text(path).includes(word), path).toBe(images);
    expect(text(path), path).toContain("createTrainer");
  }
  expect(text("/main.js")).toContain('import("./images.js")');
}, 30_000);
