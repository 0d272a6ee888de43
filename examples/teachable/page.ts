/** The page: a person teaches a network classes of her own, by drawings, the camera or files. */

import { createBars, percent } from "../browser/page/bars.js";
import { download } from "../browser/page/storage.js";
import { Announcer } from "./announcer.js";
import { Card, type CardActions } from "./cards.js";
import { type Embedding, openEmbedding } from "./embedding.js";
import { onnxOf, safetensorsOf } from "./files.js";
import type { Progress } from "./head.js";
import type { Group } from "./project.js";
import { report } from "./report.js";
import { School } from "./school.js";
import { snapshot } from "./snapshot.js";
import { createSources, decode } from "./sources.js";

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const text = (id: string, value: string): void => {
  const element = find(id);
  if (element.textContent !== value) element.textContent = value;
};
const complain = (error: unknown): void =>
  text("problem", error === null ? "" : error instanceof Error ? error.message : String(error));
const status = new Announcer(find("status"), 400);
/** Address to which an automatic run posts its results. */
const autorun = new URLSearchParams(location.search).get("autorun");
/** Predictions change with every frame: screen readers hear of another class, and not more than one in a second. */
const spoken = new Announcer(find("spoken"), 1000);

function start(embedding: Embedding): void {
  const bars = createBars(find("bars"));
  const canvas = document.createElement("canvas");
  const cards = new Map<Group, Card>();
  const names = (): string[] => school.groups.map(({ name }) => name);

  const show = (probabilities: number[] | null, something: boolean): void => {
    // A class may have come or gone since the question.
    const fits = probabilities?.length === school.groups.length ? probabilities : null;
    bars.show(fits, names());
    if (!fits) {
      text("reading", something ? "Give two classes examples first." : "Nothing is shown yet.");
      return;
    }
    const best = fits.indexOf(Math.max(...fits));
    text("reading", `${names()[best]}, ${percent(fits[best] as number)}`);
    spoken.say(`Prediction: ${names()[best]}`);
  };
  let [asking, again] = [false, false];
  /** Predicts what is shown; while a prediction is awaited, the last call of several counts. */
  const look = async (): Promise<void> => {
    again = asking;
    if (asking) return;
    asking = true;
    try {
      const something = sources.take(canvas);
      show(something ? await school.predict(canvas) : null, something);
    } catch (error) {
      complain(error);
    }
    asking = false;
    if (again) void look();
  };

  const follow = ({ updates, seconds, accuracy, training }: Progress): void => {
    text("updates", updates.toLocaleString("en"));
    text("seconds", seconds.toFixed(1));
    text("accuracy", Number.isNaN(accuracy) ? "–" : percent(accuracy));
    find("controls").dataset.training = String(training);
    void look();
  };
  const school = new School(embedding, follow, complain);
  const sources = createSources(() => void look(), complain);

  /** Shows the classes that there are. */
  const refresh = (): void => {
    for (const [group, card] of cards)
      if (!school.groups.includes(group)) {
        card.element.remove();
        cards.delete(group);
      }
    for (const group of school.groups) {
      const card = cards.get(group) ?? new Card(group, actions);
      cards.set(group, card);
      if (!card.element.isConnected) find("classes").append(card.element);
      card.refresh();
    }
    text("count", String(school.examples));
    void look();
  };
  const act = async (body: () => unknown): Promise<void> => {
    complain(null);
    try {
      await body();
    } catch (error) {
      complain(error);
    }
    refresh();
  };
  const added = (group: Group): void => {
    refresh();
    const { length } = group.pictures;
    status.say(`${group.name}: ${length} ${length === 1 ? "example" : "examples"}.`);
  };
  const actions: CardActions = {
    rename() {
      school.renamed();
      void look();
    },
    add: (group) =>
      act(async () => {
        const own = document.createElement("canvas");
        if (!sources.take(own)) throw new Error("Nothing is shown: draw, turn the camera on, or choose a picture.");
        sources.taken();
        await school.addPicture(group, own);
        added(group);
      }),
    addFiles: (group, files) =>
      act(async () => {
        for (const file of files) {
          const own = document.createElement("canvas");
          snapshot(own, await decode(file));
          await school.addPicture(group, own);
          added(group);
        }
      }),
    removePicture: (group, picture) =>
      act(async () => {
        const removed = school.removePicture(group, picture);
        added(group);
        await removed;
      }),
    remove: (group) =>
      act(async () => {
        const { name, pictures } = group;
        if (pictures.length > 0 && !confirm(`Remove ${name} and its ${pictures.length} examples?`)) return;
        await school.removeGroup(group);
        status.say(`Removed: ${name}.`);
        find("another").focus();
      }),
  };
  const on = (id: string, body: () => unknown): void => find(id).addEventListener("click", () => void act(body));
  on("another", async () => {
    const group = await school.addGroup(`Class ${school.groups.length + 1}`);
    refresh();
    cards.get(group)?.focus();
  });
  on("safetensors", async () => download("classes.safetensors", await safetensorsOf(await school.model())));
  on("onnx", async () => download("classes.onnx", await onnxOf(await school.model())));
  on("forget", async () => {
    if (!confirm("Remove all classes, examples and the model from this page and this browser?")) return;
    await school.forget();
    status.say("Everything is forgotten.");
  });
  void school
    .open()
    .catch((error: Error) => text("shelf", error.message))
    .then(() => {
      refresh();
      find("controls").removeAttribute("disabled");
      status.say(school.examples > 0 ? "Ready. Your classes are here again." : "Ready.");
      if (autorun) void report(autorun, school);
    });
}

try {
  start(await openEmbedding());
} catch (error) {
  complain(error);
  status.say("The page cannot start.");
}
