import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSafetensors } from "thalweg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nameOf } from "../../examples/digits/format.js";
import { evaluationMoments, Recorder } from "../../examples/digits/recorder.js";
import { digitsSeen } from "../../examples/digits/train.js";
import type { Machine, RunResult } from "../../examples/digits/types.js";

const program = fileURLToPath(new URL("../../build/examples/digits.js", import.meta.url));

interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

/** Runs the job in a folder of its own; `interruptAt` in the output presses Ctrl-C, once. */
function start(folder: string, args: string[], interruptAt?: RegExp): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    let pressed = false;
    child.stdout.on("data", (chunk) => {
      output += chunk;
      if (pressed || !interruptAt?.test(output)) return;
      pressed = true;
      child.kill("SIGINT");
    });
    child.stderr.on("data", (chunk) => (errors += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output, errors }));
  });
}

// The program runs the release build whatever build the other tests have.
describe.skipIf(process.env.THALWEG_BUILD === "debug")("npm start", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "start-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.concurrent("trains a dense network with five optimizers, checks them against plain JavaScript, and a convolutional one", async ({
    expect,
  }) => {
    const { code, output, errors } = await start(folder, [
      "--quick",
      "--json",
      "figures/all.json",
      "--save",
      "adam.bin",
    ]);
    expect(errors).toBe("");
    expect(code).toBe(0);
    const { machine, runs } = JSON.parse(readFileSync(join(folder, "figures/all.json"), "utf8")) as {
      machine: Machine;
      runs: RunResult[];
    };
    expect(machine).toEqual({
      cpu: expect.any(String),
      cores: expect.any(Number),
      node: process.version,
      platform: expect.any(String),
      wasmBuild: "reproducible",
    });
    expect(runs.map(({ network, optimizer, batchSize }) => [network, optimizer, batchSize])).toEqual([
      ["dense", "batch GD", 60_000],
      ["dense", "SGD, one sample", 1],
      ["dense", "mini-batch SGD", 64],
      ["dense", "SGD + momentum", 64],
      ["dense", "Adam", 64],
      ["convolutional", "Adam", 64],
    ]);
    const floors = [0.25, 0.85, 0.95, 0.95, 0.95, 0.97];
    for (const [k, run] of runs.entries()) {
      const compared = run.network === "dense";
      expect(output).toMatch(new RegExp(`^${nameOf(run).replace("+", "\\+")} .* ${compared ? "x" : "-"}$`, "m"));
      expect(run.testAccuracy).toBeGreaterThan(floors[k] as number);
      expect(run.testAccuracy).toBeLessThanOrEqual(1);
      expect(run.loss).toBeGreaterThan(0);
      expect(run.seconds).toBeGreaterThan(0);
      // Of the dense network a null says that the weights of the two trainers differ.
      if (compared) expect(run.timesPlainJavaScript).toBeGreaterThan(0);
      else expect(run.timesPlainJavaScript).toBeNull();
      expect(run.epochs).toBeCloseTo(digitsSeen(run.updates, run.batchSize, 60_000) / 60_000, 12);
      const last = run.history.at(-1);
      expect(last).toMatchObject({ update: run.updates, testAccuracy: run.testAccuracy });
      for (const [i, point] of run.history.entries()) {
        expect(Object.values(point).every(Number.isFinite)).toBe(true);
        if (i > 0) expect(point.update).toBeGreaterThan(run.history[i - 1]?.update as number);
      }
    }
    for (const line of output.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(readFileSync(join(folder, "report/digits.html"), "utf8")).toContain("Six ways to learn");
    expect(readFileSync(join(folder, "adam.bin")).length).toBeGreaterThan(3 * 4 * 101_770);
  }, 120_000);

  it.concurrent("trains the convolutional network alone, with distorted digits: stopped by Ctrl-C, its weights are kept", async ({
    expect,
  }) => {
    const own = mkdtempSync(join(folder, "convolutional"));
    const args = ["--network", "convolutional", "--augment", "--json", "all.json", "--save", "weights.bin"];
    const { code, output, errors } = await start(own, args, /^convolutional +10 %/m);
    expect(errors).toBe("");
    expect(code).toBe(130);
    expect(output).not.toContain("five optimizers");
    expect(output).toContain("Every update of it turns, shifts and scales its digits anew.");
    const { runs } = JSON.parse(readFileSync(join(own, "all.json"), "utf8")) as { runs: RunResult[] };
    expect(runs).toMatchObject([
      { network: "convolutional", optimizer: "Adam", augmented: true, timesPlainJavaScript: null },
    ]);
    const { tensors } = readSafetensors(readFileSync(join(own, "weights.bin")));
    expect(Object.values(tensors).map(({ shape }) => shape)).toContainEqual([3, 3, 8, 16]);
    const report = readFileSync(join(own, "report/digits.html"), "utf8");
    expect(report).toContain("One way to learn");
    expect(report).toContain("Every update turns, shifts and scales its digits anew.");
  }, 120_000);

  it.concurrent("stops at Ctrl-C and writes what there is", async ({ expect }) => {
    const own = join(folder, "stopped");
    const { code, output, errors } = await start(
      mkdtempSync(own),
      ["--quick", "--json", `${own}.json`, "--save", `${own}.bin`],
      /^batch GD +50 %/m,
    );
    expect(errors).toBe("");
    expect(code).toBe(130);
    expect(output).toContain("Stopped early");
    expect(output).toContain("No weights were saved");
    expect(existsSync(`${own}.bin`)).toBe(false);
    const { runs } = JSON.parse(readFileSync(`${own}.json`, "utf8")) as { runs: RunResult[] };
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ optimizer: "batch GD", updates: 1, timesPlainJavaScript: null });
  }, 60_000);

  it.each([
    [["--quik"], /^options: unknown option '--quik'\. \(Did you mean --quick\?\) Try --help\.\n$/],
    [
      ["--network", "deep"],
      /^options: option '--network <name>' argument 'deep' is invalid\. Allowed choices are dense, convolutional\. .*\n$/,
    ],
    [["--json", "."], /^options: --json \. cannot be written, got a folder\. .*\n$/],
  ])("answers what it cannot do with a sentence: %j", async (args, sentence) => {
    const { code, output, errors } = await start(folder, args);
    expect(code).toBe(1);
    expect(output).toBe("");
    expect(errors).toMatch(sentence);
  });
});

describe("the history of a run", () => {
  it("has a point for each early update and for each moment, and loses no loss", () => {
    const moments = evaluationMoments(1000, 4);
    expect(moments.at(-1)).toBe(1000);
    const recorder = new Recorder(moments, (update) => update / 10);
    for (let slice = 0; slice < 100; slice++) {
      const losses = Float64Array.from({ length: 10 }, (_, i) => 10 * slice + i + 1);
      recorder.add(losses, (slice + 1) / 100);
    }
    const { points } = recorder;
    expect(points.slice(0, 3).map(({ update }) => update)).toEqual([1, 2, 3]);
    expect(points.map(({ update }) => update)).toEqual(expect.arrayContaining(moments));
    expect(points.at(-1)).toMatchObject({ update: 1000, epoch: 100, seconds: 1 });
    let before = 0;
    let total = 0;
    for (const { update, loss, seconds } of points) {
      total += loss * (update - before);
      expect(seconds).toBeCloseTo(update / 1000, 5);
      before = update;
    }
    expect(total).toBeCloseTo((1000 * 1001) / 2, 0);
  });

  it("counts a short last batch as what it is", () => {
    expect(digitsSeen(937, 64, 60_000)).toBe(59_968);
    expect(digitsSeen(938, 64, 60_000)).toBe(60_000);
    expect(digitsSeen(2 * 938 + 1, 64, 60_000)).toBe(120_064);
  });
});
