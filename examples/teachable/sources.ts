/** Sources of pictures: a drawing, the camera or a picture file. */

import { Pad } from "../browser/page/pad.js";
import { Camera } from "./camera.js";
import { acceptDrops } from "./cards.js";
import { snapshot } from "./snapshot.js";

/** Milliseconds between two looks through the camera. */
const PERIOD = 150;
const SOURCES = ["drawing", "camera", "picture"] as const;

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

export interface Sources {
  /** Paints what is shown as a snapshot; returns false if nothing is. */
  take(canvas: HTMLCanvasElement): boolean;
  /** Called after an example was taken: the next drawing begins on clean paper. */
  taken(): void;
}

/**
 * decode: a picture file.
 *
 * @throws {Error} the browser does not decode it
 */
export async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw new Error(`${file.name} is no picture that this browser reads. Choose PNG, JPEG or WebP.`, { cause });
  }
}

/**
 * createSources: fills the stage.
 *
 * @param changed  called when something else is shown
 * @param complain called with what went wrong; null once it no longer matters
 */
export function createSources(changed: () => void, complain: (error: unknown) => void): Sources {
  const video = find<HTMLVideoElement>("video");
  const picture = find<HTMLCanvasElement>("shown");
  const pad = new Pad(find("surface"), find("pad"), find("pen"), changed);
  const camera = new Camera(video);
  let chosen: (typeof SOURCES)[number] = "drawing";
  let hasPicture = false;

  const label = (): void => {
    find("turn").textContent = camera.on ? "Turn the camera off" : "Turn the camera on";
  };
  const turn = async (): Promise<void> => {
    complain(null);
    if (camera.on) camera.stop();
    else await camera.start();
    label();
    changed();
  };
  const choose = (source: (typeof SOURCES)[number]): void => {
    complain(null);
    chosen = source;
    camera.stop();
    label();
    for (const one of SOURCES) find(`${one}-stage`).hidden = one !== source;
    find("pad-help").hidden = source !== "drawing";
    changed();
  };
  const show = async ([file]: readonly File[]): Promise<void> => {
    if (!file) return;
    complain(null);
    snapshot(picture, await decode(file));
    picture.setAttribute("aria-label", `The picture ${file.name}`);
    hasPicture = true;
    changed();
  };

  for (const source of SOURCES) find(source).addEventListener("change", () => choose(source));
  find("turn").addEventListener("click", () => turn().catch(complain));
  find("clear").addEventListener("click", () => pad.clear());
  const file = find<HTMLInputElement>("file");
  file.addEventListener("change", async () => {
    await show([...(file.files ?? [])]).catch(complain);
    file.value = "";
  });
  acceptDrops(find("picture-stage"), (files) => show(files).catch(complain));
  setInterval(() => {
    if (camera.on && !document.hidden) changed();
  }, PERIOD);

  return {
    take(canvas) {
      if (chosen === "drawing") {
        if (!pad.digit()) return false;
        snapshot(canvas, find<HTMLCanvasElement>("pad"));
      } else if (chosen === "camera") {
        if (!camera.on || video.videoWidth === 0) return false;
        snapshot(canvas, video, true);
      } else {
        if (!hasPicture) return false;
        snapshot(canvas, picture);
      }
      return true;
    },
    taken() {
      if (chosen === "drawing") pad.clear();
    },
  };
}
