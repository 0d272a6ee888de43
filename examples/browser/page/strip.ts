/** Training digits as the network sees them. */

import type { Learner } from "./learner.js";
import { paint } from "./picture.js";

const COUNT = 12;

/** createStrip: call `show` of the result after changes. */
export function createStrip(canvas: HTMLCanvasElement, about: HTMLElement): { show(learner: Learner): void } {
  const narrow = matchMedia("(max-width: 480px)");
  let pixels: ArrayLike<number> = [];
  const repaint = (): void => paint(canvas, pixels, narrow.matches ? COUNT / 2 : COUNT);
  narrow.addEventListener("change", repaint);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  return {
    show(learner) {
      pixels = learner.seen(COUNT);
      repaint();
      const update = (learner.trainer.steps + 1).toLocaleString("en");
      about.textContent = learner.augmented
        ? `Twelve training digits as update ${update} would see them: shifted by up to 4 pixels, turned by up to 20° and scaled by up to 10\u00a0%, anew in every update.`
        : "Twelve training digits as every update sees them.";
    },
  };
}
