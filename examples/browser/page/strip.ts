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
        ? `Twelve training digits as update ${update} sees them: shifted by up to 4 pixels, turned by up to 20°, up to 10 % larger or smaller, anew in every update. Test digits and what you draw stay as they are.`
        : "Twelve training digits as the network sees them: the same in every update.";
    },
  };
}
