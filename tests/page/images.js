// Every kind of image that a browser has becomes rows, on a page and in a worker of Chromium: sources.js runs there.

import { createServer } from "node:http";
import { join } from "node:path";
import { chromium as launcher } from "playwright-core";
import sirv from "sirv";

const root = join(import.meta.dirname, "../..");
const files = {
  "/sources.js": "/tests/page/sources.js",
  "/worker.js": "/tests/page/sourcesWorker.js",
};
const picture = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';

/** Serves the package and the files above; a picture without leave for other origins. */
async function serve() {
  const repository = sirv(root, { dev: true });
  const server = createServer((request, response) => {
    const { url } = request;
    if (url === "/") response.setHeader("Content-Type", "text/html").end("<!doctype html><title>images</title>");
    else if (url === "/picture.svg") response.setHeader("Content-Type", "image/svg+xml").end(picture);
    else {
      request.url = files[url] ?? url;
      repository(request, response);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

export async function images({ chromium, test }) {
  const [own, other] = [await serve(), await serve()];
  const args = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"];
  const browser = await launcher.launch({ executablePath: chromium, args });
  try {
    const tab = await browser.newPage();
    await tab.goto(own.url);
    const found = await tab.evaluate(async (address) => {
      const { everywhere, onPage, outcomes } = await import("/sources.js");
      const page = await outcomes({ ...everywhere, ...onPage(`${address}/picture.svg`) });
      const worker = new Worker("/worker.js", { type: "module" });
      const inWorker = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      return { page, worker: inWorker };
    }, other.url);
    for (const [place, outcomes] of Object.entries(found))
      for (const [name, problem] of outcomes)
        await test(`rows of ${name}, in a ${place}`, () => {
          if (problem) throw new Error(problem);
        });
  } finally {
    await browser.close();
    for (const { server } of [own, other]) {
      server.closeAllConnections();
      server.close();
    }
  }
}
