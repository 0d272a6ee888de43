// What Jest runs, in its modes and environments.

import { report } from "./train.js";

test("trains as in Node", async () => {
  expect(await report({})).toBe(process.env.TRAINED);
});

test("says what is wrong where the core cannot be fetched", async () => {
  expect(await report({ wasm: "http://127.0.0.1:9/thalweg.wasm" })).toMatch(
    /^EngineError: createEngine: http:\/\/127\.0\.0\.1:9\/thalweg\.wasm cannot be fetched .*give bytes\.$/,
  );
});
