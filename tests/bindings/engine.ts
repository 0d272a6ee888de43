// The engine of the build under test: THALWEG_BUILD is "debug" or "release" (vitest.config.ts has a project for each).

import { readFileSync } from "node:fs";
import { createEngine, type Engine, type EngineOptions } from "thalweg";
import { beforeAll, beforeEach, vi } from "vitest";

// Debug builds on a busy machine take their time; nothing here measures it.
vi.setConfig({ testTimeout: 60_000 });

export const build = process.env.THALWEG_BUILD === "debug" ? "debug" : "release";

const file = build === "debug" ? "../../build/thalweg.debug.wasm" : "../../dist/thalweg.wasm";
const wasm = new WebAssembly.Module(readFileSync(new URL(file, import.meta.url)));

/** A fresh engine of the build under test. */
export function testEngine(options: Omit<EngineOptions, "wasm"> = {}): Promise<Engine> {
  return createEngine({ ...options, wasm });
}

/** The engine of a test file that calls engineForEach or engineForAll. */
export let engine: Engine;

async function renew(): Promise<void> {
  engine = await testEngine();
}

/** Makes a fresh engine before each test. */
export function engineForEach(): void {
  beforeEach(renew);
}

/** Makes one engine for all tests of the file. */
export function engineForAll(): void {
  beforeAll(renew);
}

/** A fixture of tests/fixtures. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8")) as T;
}

/** Cases of the conformance suite, such as "ops/images". */
export function conformanceCases<T>(name: string): T[] {
  const file = new URL(`../../conformance/cases/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: T[] }).cases;
}

/** An engine whose memory is taken up to an address: whatever it is asked for from now on lies beyond. */
export async function highEngine(address = 2 ** 31): Promise<Engine> {
  const engine = await testEngine();
  engine.allocate(address - engine.memoryBytes);
  while (engine.allocate(1) < address);
  return engine;
}
