/** Classes and their examples, taught to the head in its worker, and kept in the browser after every change. */

import type { Embedding } from "./embedding.js";
import { CAPACITY, type Progress } from "./head.js";
import { examplesOf, forgetProject, type Group, keepProject, keptProject, type Picture } from "./project.js";
import { paint, pixelsOf } from "./snapshot.js";
import { Teacher } from "./teacher.js";

/** Milliseconds without a change before the browser keeps all. */
const PAUSE = 600;

export class School {
  readonly groups: Group[] = [];
  readonly #embedding: Embedding;
  readonly #teacher: Teacher;
  readonly #complain: (error: unknown) => void;
  #timer = 0;

  constructor(embedding: Embedding, report: (progress: Progress) => void, complain: (error: unknown) => void) {
    this.#embedding = embedding;
    this.#complain = complain;
    const follow = (progress: Progress): void => {
      report(progress);
      if (!progress.training) this.#keepSoon();
    };
    this.#teacher = new Teacher(embedding.length, follow, complain);
  }

  get examples(): number {
    return this.groups.reduce((sum, { pictures }) => sum + pictures.length, 0);
  }

  /**
   * Takes up what the browser has kept, or else begins with two classes.
   *
   * @throws {Error} the browser keeps nothing; there are two classes then
   */
  async open(): Promise<void> {
    try {
      const kept = await keptProject();
      if (!kept) return;
      this.groups.push(...kept.groups);
      const same = kept.embedding === this.#embedding.name;
      if (!same)
        for (const picture of this.groups.flatMap(({ pictures }) => pictures)) await this.#describeAnew(picture);
      await this.#arrange(this.groups.map(() => -1));
      if (same && kept.head) await this.#teacher.restore(kept.head);
    } finally {
      if (this.groups.length === 0) for (const name of ["Class 1", "Class 2"]) await this.addGroup(name);
    }
  }

  async #describeAnew(picture: Picture): Promise<void> {
    const canvas = document.createElement("canvas");
    paint(canvas, picture.pixels);
    picture.features = await this.#embedding.embed(canvas);
  }

  #arrange(places: readonly number[]): Promise<void> {
    return this.#teacher.arrange(places, examplesOf(this.groups));
  }

  async addGroup(name: string): Promise<Group> {
    const group: Group = { name, pictures: [] };
    this.groups.push(group);
    await this.#arrange(this.groups.map((_, k) => (k < this.groups.length - 1 ? k : -1)));
    return group;
  }

  async removeGroup(group: Group): Promise<void> {
    const places = this.groups.map((_, k) => k).filter((k) => this.groups[k] !== group);
    this.groups.splice(this.groups.indexOf(group), 1);
    await this.#arrange(places);
  }

  /** Names follow at once; the head knows none. */
  renamed(): void {
    this.#keepSoon();
  }

  /**
   * Adds what is on a canvas of a snapshot.
   *
   * @throws {Error} there is no room for more
   */
  async addPicture(group: Group, canvas: HTMLCanvasElement): Promise<void> {
    if (this.examples >= CAPACITY)
      throw new Error(`There are ${CAPACITY} examples, as many as there is room for. Remove some first.`);
    const pixels = pixelsOf(canvas);
    const features = await this.#embedding.embed(canvas);
    const label = this.groups.indexOf(group);
    if (label < 0) return; // removed meanwhile
    group.pictures.push({ pixels, features });
    await this.#teacher.add({ label, features });
  }

  async removePicture(group: Group, picture: Picture): Promise<void> {
    group.pictures.splice(group.pictures.indexOf(picture), 1);
    await this.#arrange(this.groups.map((_, k) => k));
  }

  /** Probabilities of the classes for what is on a canvas; null before two of them have examples. */
  async predict(canvas: HTMLCanvasElement): Promise<number[] | null> {
    return this.#teacher.predict(await this.#embedding.embed(canvas));
  }

  /**
   * The model, for files.
   *
   * @throws {Error} there are no classes
   */
  async model() {
    const head = await this.#teacher.save();
    if (!head) throw new Error("There is no class yet. Add two, and give them examples.");
    return { embedding: this.#embedding, classes: this.groups.map(({ name }) => name), head };
  }

  /** Removes all from the page and from the browser. */
  async forget(): Promise<void> {
    this.groups.length = 0;
    await this.#arrange([]);
    for (const name of ["Class 1", "Class 2"]) await this.addGroup(name);
    clearTimeout(this.#timer);
    await forgetProject();
  }

  #keepSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#keep().catch(this.#complain), PAUSE);
  }

  async #keep(): Promise<void> {
    const head = await this.#teacher.save();
    await keepProject({ embedding: this.#embedding.name, groups: this.groups, head });
  }
}
