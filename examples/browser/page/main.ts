/** The page: a network learns to read digits in a worker while a person looks on, draws, pauses and compares. */

import { confusionMatrix } from "thalweg";
import { createDashboard, type DashboardRun } from "thalweg/dashboard";
import { createBars } from "./bars.js";
import { type Digits, fetchDigits, PIXELS } from "./digits.js";
import { createKeeping, type Save } from "./keeping.js";
import type { Learner, School } from "./learner.js";
import { METHODS, type Method } from "./methods.js";
import { NETWORKS, type Network, type Open } from "./networks.js";
import { Pad } from "./pad.js";
import { paint } from "./picture.js";
import { race } from "./race.js";
import { post, report } from "./report.js";
import { isCheckpoint } from "./save.js";
import { createStrip } from "./strip.js";
import { createVariants } from "./variants.js";

const SAMPLES = 8;
const DIGITS = Array.from("0123456789");
const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const text = (id: string, value: string): void => {
  const element = find(id);
  if (element.textContent !== value) element.textContent = value;
};
/** A share in percent; one that only rounding would make 0 or 100 is not called so. */
const percent = (share: number): string => {
  if (share > 0.9995 && share < 1) return "over 99.9 %";
  if (share < 0.0005 && share > 0) return "below 0.1 %";
  return `${(100 * share).toFixed(1)} %`;
};
const whole = (value: number): string => Math.round(value).toLocaleString("en");

/** Address to which an automatic run posts its results. */
const autorun = new URLSearchParams(location.search).get("autorun");

/** Announces a sentence to screen readers. */
const say = (sentence: string): void => text("status", sentence);
/** Shows an error permanently. */
const complain = (error: unknown): void => text("problem", error instanceof Error ? error.message : String(error));

async function start(fetched: Promise<Digits>): Promise<void> {
  const dense = NETWORKS[0] as Network;
  const plain = await dense.open(fetched);
  const opener = (of: Network, augmented: boolean): Open => (augmented ? of.openAugmented : of.open);
  const schools = new Map([[dense.open, plain]]);
  const learners = new Map<string, Learner>();
  const dashboard = createDashboard(find("dashboard"), { time: true, onState: (run) => follow(run) });
  // In this order the runs have the colors of the switch.
  for (const of of NETWORKS)
    for (const augmented of [false, true]) for (const method of METHODS) dashboard.run(runName(of, method, augmented));
  const key = (of: Network, method: Method, augmented: boolean): string => `${of.id} ${method.id} ${augmented}`;
  const learnerOf = (of: Network, method: Method, augmented: boolean): Learner => {
    const school = schools.get(opener(of, augmented)) as School;
    const run = dashboard.run(runName(of, method, augmented));
    const found = learners.get(key(of, method, augmented)) ?? school.enroll(method, augmented, run);
    learners.set(key(of, method, augmented), found);
    return found;
  };
  let network = dense;
  let learner = learnerOf(network, METHODS.at(-1) as Method, false);
  const strip = createStrip(find("seen"), find("seen-about"));
  const variants = createVariants(find("variants"), find("robust"), (digit) => learner.trainer.classify(digit));
  const bars = createBars(find("bars"));
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  // Time when the strip was last drawn.
  let shown = 0;
  let named: number | null = null;

  const read = (aloud: boolean): void => {
    const digit = pad.digit();
    if (!digit) {
      bars.show(null, DIGITS);
      variants.show(null);
      named = null;
      text("reading", "Draw a digit, or take one below.");
      return;
    }
    const { label, probabilities } = learner.trainer.classify(digit);
    bars.show(probabilities, DIGITS);
    variants.show(digit, label);
    const reading = `Prediction: ${label} (probability ${percent(probabilities[label] as number)}).`;
    // While it trains the sentence follows the bars, but is said anew only when it names another digit.
    if (aloud || label !== named) text("reading", reading);
    named = label;
  };
  let asked = 0;
  const pad = new Pad(find("surface"), find("pad"), find("pen"), () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => read(true));
  });

  const refresh = (): void => {
    const { trainer, running, inWorker } = learner;
    const { loss, testLoss, accuracies } = learner.reached;
    text("updates", whole(trainer.steps));
    text("seconds", learner.run.curves.seconds.toFixed(1));
    text("loss", loss?.toPrecision(3) ?? "–");
    text("test-loss", testLoss?.toPrecision(3) ?? "–");
    const accuracy = accuracies.at(-1);
    text("accuracy", accuracy === undefined ? "–" : percent(accuracy));
    text("unsaved", learner.unsaved ? "Not saved yet: it would be lost with the page." : "");
    text("train", running ? "Pause" : trainer.steps > 0 ? "Resume" : "Train");
    text(
      "place",
      inWorker === false ? "This browser has no worker available: training runs on the page, between frames." : "",
    );
    find<HTMLButtonElement>("race").disabled = running;
    find<HTMLButtonElement>("reset").disabled = running;
    const now = performance.now();
    const due = (last: number, pause: number): boolean => !running || now - last >= (calm.matches ? 1000 : pause);
    if (due(shown, 300)) {
      shown = now;
      strip.show(learner);
    }
  };

  async function train(epochs?: number): Promise<void> {
    text("problem", "");
    const who = learner;
    const epoch = (): void => {
      const { accuracies } = who.reached;
      const share = percent(accuracies.at(-1) as number);
      if (who === learner) say(`${who.method.name}: after ${accuracies.length} passes ${share} of the test digits.`);
      refresh();
      read(true);
    };
    const progress = (): void => {
      refresh();
      read(false);
    };
    try {
      await who.train({ progress, epoch }, epochs);
    } catch (error) {
      complain(error);
    }
    refresh();
    read(true);
  }

  /** Says what a run does, and shows what the network confuses once it rests. */
  const follow = (run: DashboardRun): void => {
    if (run !== learner.run) return;
    if (run.state === "running")
      say(`${learner.method.name} is training${learner.augmented ? " with augmentation" : ""}.`);
    else {
      say(run.state === "paused" ? "Paused." : "Ended.");
      confuse();
    }
    refresh();
    read(true);
  };

  /** Draws the confusion matrix of the test digits. */
  const confuse = (): void => {
    const { images, labels, count } = learner.school.digits.test;
    const predictions = learner.trainer.predict({ data: images, shape: [count, PIXELS] });
    dashboard.showConfusion(confusionMatrix(predictions, Int32Array.from(labels), 10));
  };

  const toggle = (): void => {
    if (learner.running) learner.pause();
    else void train();
  };

  /** Opens a network for the first time. */
  async function enter(of: Network, augmented: boolean): Promise<void> {
    const open = opener(of, augmented);
    if (schools.has(open)) return;
    const name = `${of.id} network${augmented ? " with augmentation" : ""}`;
    say(`Loading the ${name} …`);
    try {
      schools.set(open, await open(fetched));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : cause;
      throw new Error(`The ${name} could not be loaded: ${reason}. Look at the connection, and choose it again.`, {
        cause,
      });
    }
    say(`The ${name} is ready.`);
  }

  /** Sets the switches to what is chosen. */
  const setSwitches = (): void => {
    for (const id of [network.id, learner.method.id, learner.augmented ? "augmented" : "plain"])
      find<HTMLInputElement>(id).checked = true;
  };

  /** Makes another network, method or augmentation the chosen one; if the last was training, it trains. */
  const choose = (of: Network, method: Method, augmented: boolean): void => {
    const wasRunning = learner.running;
    learner.pause();
    network = of;
    learner = learnerOf(of, method, augmented);
    dashboard.show(METHODS.map((one) => runName(of, one, augmented)));
    shown = Number.NEGATIVE_INFINITY; // drawn at once, also while it trains
    setSwitches();
    text("network-about", of.about);
    text("about", method.about);
    if (wasRunning) void train();
    refresh();
    read(true);
  };

  /** Chooses the network and the augmentation to which the switches are set. */
  const followSwitches = async (): Promise<void> => {
    text("problem", "");
    const checked = (id: string): boolean => find<HTMLInputElement>(id).checked;
    const of = NETWORKS.find(({ id }) => checked(id)) as Network;
    const augmented = checked("augmented");
    try {
      await enter(of, augmented);
    } catch (error) {
      setSwitches();
      throw error;
    }
    // Meanwhile another may have been chosen.
    if (checked(of.id) && checked("augmented") === augmented) choose(of, learner.method, augmented);
  };

  /** Takes a file up into the learner it fits: the chosen one, or else another. */
  async function load(bytes: Uint8Array): Promise<void> {
    text("problem", "");
    if (learner.running) throw new Error("Pause first: a network cannot be loaded while it trains.");
    let refusal: unknown = null;
    // What is no checkpoint is of no network, and nothing is downloaded for it.
    for (const of of isCheckpoint(bytes) ? first(network, NETWORKS) : [network])
      for (const method of first(learner.method, METHODS))
        try {
          const { augmented } = learner;
          await enter(of, augmented);
          const fits = learnerOf(of, method, augmented);
          await fits.load(bytes);
          choose(of, method, augmented);
          const reached = `${whole(fits.trainer.steps)} updates, ${fits.run.curves.seconds.toFixed(1)} seconds`;
          say(`Loaded: ${method.name}, ${of.id} network, ${reached}.`);
          return;
        } catch (error) {
          refusal ??= error;
        }
    throw refusal;
  }

  /** Chooses the network that was kept, and takes it up. */
  async function recall({ network: id, method, augmented = false, bytes }: Save): Promise<void> {
    if (!learner.running) {
      const of = NETWORKS.find((one) => one.id === id) ?? dense;
      await enter(of, augmented);
      choose(of, METHODS.find((one) => one.id === method) ?? learner.method, augmented);
    }
    await load(bytes);
  }

  /** Does what a button says; what it throws is shown. */
  const on = (id: string, body: () => unknown): void =>
    find(id).addEventListener("click", () => void Promise.resolve().then(body).catch(complain));

  on("train", toggle);
  on("reset", async () => {
    await learner.reset();
    say(`${learner.method.name} is back at its first weights.`);
    refresh();
    read(true);
  });
  on("clear", () => pad.clear());
  createKeeping({
    current() {
      const who = learner;
      const { steps } = who.trainer;
      return {
        title: runName(network, who.method, who.augmented),
        save: { network: network.id, method: who.method.id, augmented: who.augmented, steps, bytes: who.file() },
        saved() {
          who.saved = steps;
          refresh();
        },
      };
    },
    load: (save) => (save instanceof Uint8Array ? load(save) : recall(save)),
    say,
    complain,
  });
  // Browsers show their own text for this question.
  addEventListener("beforeunload", (event) => {
    if ([...learners.values()].some(({ unsaved }) => unsaved)) event.preventDefault();
  });
  on("race", async () => {
    const button = find<HTMLButtonElement>("race");
    button.disabled = true;
    try {
      const result = await race(plain, (share) => text("verdict", `Measuring … ${Math.round(100 * share)} %`));
      find("plain-speed").style.setProperty("--share", String(Math.min(1, result.plain / result.thalweg)));
      find("thalweg-speed").style.setProperty("--share", String(Math.min(1, result.thalweg / result.plain)));
      text("plain-rate", `${whole(result.plain)} digits a second`);
      text("thalweg-rate", `${whole(result.thalweg)} digits a second`);
      const ratio = result.thalweg / result.plain;
      text("verdict", `Thalweg trains ${ratio.toFixed(1)} times as fast as hand-written JavaScript on this device.`);
      text(
        "proof",
        `Both made the same ${whole(result.updates)} updates with Adam and ended with the same weights, up to rounding: ` +
          `they differ by ${result.difference.toExponential(0)} of the way.`,
      );
    } finally {
      button.disabled = false;
    }
  });
  for (const method of METHODS)
    find(method.id).addEventListener("change", () => choose(network, method, learner.augmented));
  for (const id of [...NETWORKS.map(({ id }) => id), "plain", "augmented"])
    find(id).addEventListener("change", () => void followSwitches().catch(complain));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    pad.repaint();
    variants.repaint();
  });

  const { test } = await fetched;
  for (let k = 0; k < SAMPLES; k++) {
    const pixels = test.images.subarray(k * PIXELS, (k + 1) * PIXELS);
    const button = sampleButton(test.labels[k] as number, () => pad.show(pixels));
    find("samples").append(button);
    paint(button.firstElementChild as HTMLCanvasElement, pixels);
  }
  find("controls").removeAttribute("disabled");
  say("Ready.");
  refresh();
  read(true);
  if (autorun) void report(autorun, () => train(3), learner, pad, test);
}

/** Name of a run in the dashboard. */
const runName = (of: Network, { name }: Method, augmented: boolean): string =>
  [name, ...(of.id === "dense" ? [] : [of.id]), ...(augmented ? ["augmented"] : [])].join(", ");

/** All of a list, one of them first. */
const first = <T>(one: T, all: readonly T[]): T[] => [one, ...all.filter((other) => other !== one)];

/** A button for a digit that its canvas is to show. */
function sampleButton(label: number, take: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", `Take a test digit, a ${label}`);
  const canvas = document.createElement("canvas");
  button.append(canvas);
  button.addEventListener("click", take);
  return button;
}

try {
  await start(fetchDigits("./digits"));
} catch (error) {
  complain(error);
  say("The page cannot start.");
  if (autorun) void post(autorun, { problem: String(error) });
}
