// Images of known pixels of every kind that a browser has, and what is no image: run by images.js on a page and in a worker.

import { imageRows, imageRowsSync } from "/dist/browser.js";

const form = { size: [2, 4], fit: "stretch" };
const colors = [
  [255, 0, 0],
  [0, 128, 0],
  [10, 20, 30],
  [255, 255, 255],
];
/** Two rows of four pixels: each color, and in the second row each in reverse order. */
const known = Uint8Array.from([...colors, ...colors.toReversed()].flat());

function painted(canvas) {
  const context = canvas.getContext("2d");
  for (let k = 0; k < 8; k++) {
    context.fillStyle = `rgb(${known.subarray(3 * k, 3 * k + 3).join(" ")})`;
    context.fillRect(k % 4, k >> 2, 1, 1);
  }
  return canvas;
}

const canvas = () => painted(new OffscreenCanvas(4, 2));

function expect(data, wanted, tolerance = 0) {
  const fits = data.length === wanted.length && wanted.every((value, k) => Math.abs(value - data[k]) <= tolerance);
  if (!fits) throw new Error(`got ${data.join(" ")}, expected ${wanted.join(" ")}`);
}

/** Rows of one source by both functions. */
async function both(source, wanted = known, tolerance = 0) {
  expect(imageRowsSync([source], form).data, wanted, tolerance);
  expect((await imageRows([source], form)).data, wanted, tolerance);
}

async function fails(call, pattern) {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => null,
      (thrown) => thrown,
    );
  if (!pattern.test(String(error))) throw new Error(`got ${error}, expected ${pattern}`);
}

/** Runs tests; returns [name, error or ""] of each. */
export async function outcomes(tests) {
  const found = [];
  for (const [name, body] of Object.entries(tests))
    try {
      await body();
      found.push([name, ""]);
    } catch (error) {
      found.push([name, String(error.stack)]);
    }
  return found;
}

/** Tests for pages and workers. */
export const everywhere = {
  ImageData: () => both(canvas().getContext("2d").getImageData(0, 0, 4, 2)),
  OffscreenCanvas: () => both(canvas()),
  ImageBitmap: async () => {
    const bitmap = await createImageBitmap(canvas());
    await both(bitmap);
    bitmap.close();
    await fails(
      () => imageRowsSync([bitmap], form),
      /^RangeError: .*source 0 \(ImageBitmap\) has no pixels: .* It was closed/,
    );
  },
  VideoFrame: async () => {
    const frame = new VideoFrame(canvas(), { timestamp: 0 });
    await both(frame);
    const cut = new VideoFrame(frame, { visibleRect: { x: 0, y: 0, width: 2, height: 2 } });
    expect(imageRowsSync([cut], { size: [2, 2] }).data, [...known.subarray(0, 6), ...known.subarray(12, 18)]);
    cut.close();
    frame.close();
    await fails(
      () => imageRows([frame], form),
      /^RangeError: .*source 0 \(VideoFrame\) has no pixels: .* It was closed/,
    );
  },
  "Blob and File": async () => {
    const blob = await canvas().convertToBlob({ type: "image/png" });
    const file = new File([blob], "picture.png", { type: blob.type });
    const { data, shape } = await imageRows([blob, canvas(), file], form);
    expect(data, Uint8Array.from([...known, ...known, ...known]));
    expect(shape, [3, 2, 4, 3]);
    await fails(
      () => imageRowsSync([file], form),
      /^TypeError: imageRowsSync: source 0 \(File\) is no .* await imageRows\./,
    );
    await fails(
      () => imageRows([canvas(), new File(["words"], "a.txt", { type: "text/plain" })], form),
      /^TypeError: imageRows: source 1 \(File\) is no image that this browser decodes: got 5 bytes of type "text\/plain"\./,
    );
  },
  "a file, equal to those of its pixels": async () => {
    const pixels = new ImageData(50, 40);
    for (let k = 0; k < pixels.data.length; k++) pixels.data[k] = k % 4 === 3 ? 255 : (k * k * 31) % 256;
    const source = new OffscreenCanvas(50, 40);
    source.getContext("2d").putImageData(pixels, 0, 0);
    const options = { size: [13, 11], channels: 1 };
    const { data } = await imageRows([await source.convertToBlob({ type: "image/png" })], options);
    expect(data, imageRowsSync([pixels], options).data);
  },
  "pixels that are half transparent, over the background": async () => {
    const source = new OffscreenCanvas(1, 1);
    const context = source.getContext("2d");
    context.fillStyle = "rgb(255 0 0 / 0.5)";
    context.fillRect(0, 0, 1, 1);
    const options = { size: [1, 1], background: [0, 0, 200] };
    expect(imageRowsSync([source], options).data, [128, 0, 100], 1);
    expect((await imageRows([await source.convertToBlob()], options)).data, [128, 0, 100], 1);
    expect(imageRowsSync([source], { size: [1, 1], channels: 4 }).data, [255, 0, 0, 128], 1);
  },
  "more than 16 million pixels, made smaller by the browser": async () => {
    const large = new OffscreenCanvas(5000, 4000);
    const context = large.getContext("2d");
    for (const [k, color] of ["rgb(250 0 0)", "rgb(0 0 250)"].entries()) {
      context.fillStyle = color;
      context.fillRect(2500 * k, 0, 2500, 4000);
    }
    const { data } = imageRowsSync([large], { size: [4, 4], fit: "stretch" });
    expect(
      data,
      [0, 1, 2, 3].flatMap(() => [250, 0, 0, 250, 0, 0, 0, 0, 250, 0, 0, 250]),
      1,
    );
  },
  "a canvas without pixels, which is refused": () =>
    fails(() => imageRowsSync([new OffscreenCanvas(0, 3)], form), /^RangeError: .* has no pixels: got 0 × 3\. Give it/),
  "a canvas without drawing: the background": async () => {
    const options = { size: [1, 1], background: 7 };
    expect(imageRowsSync([new OffscreenCanvas(3, 3)], options).data, [7, 7, 7]);
  },
};

const event = (target, name) => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

/** Tests of what pages alone have; `foreign` is the address of a picture of another origin. */
export const onPage = (foreign) => ({
  HTMLCanvasElement: () => both(painted(Object.assign(document.createElement("canvas"), { width: 4, height: 2 }))),
  HTMLImageElement: async () => {
    const image = new Image();
    image.src = URL.createObjectURL(await canvas().convertToBlob());
    await fails(
      () => imageRowsSync([image], form),
      /^RangeError: .*\(HTMLImageElement\) has no pixels: .* It is not loaded/,
    );
    expect((await imageRows([image], form)).data, known);
    await both(image);
    // Its size is known, but not yet all of its pixels: nothing would be drawn.
    Object.defineProperty(image, "complete", { value: false });
    await fails(() => imageRowsSync([image], form), /has no pixels: .* It is not loaded/);
    const broken = new Image();
    broken.src = URL.createObjectURL(new Blob(["words"]));
    await fails(() => imageRows([broken], form), /^RangeError: .*\(HTMLImageElement\) has no pixels: .* is no image/);
  },
  HTMLVideoElement: async () => {
    // Videos have half the resolution in color: columns of one color each.
    const source = document.createElement("canvas");
    Object.assign(source, { width: 64, height: 32 });
    const context = source.getContext("2d");
    const video = document.createElement("video");
    await fails(
      () => imageRows([video], form),
      /^RangeError: .*\(HTMLVideoElement\) has no pixels: .* wait for its event/,
    );
    const stream = source.captureStream();
    Object.assign(video, { muted: true, srcObject: stream });
    const timer = setInterval(() => {
      for (const [k, color] of colors.entries()) {
        context.fillStyle = `rgb(${color.join(" ")})`;
        context.fillRect(16 * k, 0, 16, 32);
      }
    }, 20);
    const loaded = event(video, "loadeddata");
    await video.play();
    await loaded;
    clearInterval(timer);
    await both(video, [...colors, ...colors].flat(), 4);
    Object.defineProperty(video, "readyState", { value: HTMLMediaElement.HAVE_METADATA });
    await fails(() => imageRowsSync([video], form), /has no pixels: .* wait for its event/);
    for (const track of stream.getTracks()) track.stop();
  },
  "a picture of another origin, which is refused": async () => {
    const image = new Image();
    image.src = foreign;
    await image.decode();
    await fails(
      () => imageRows([image], form),
      /^TypeError: .*\(HTMLImageElement\) holds pixels of another origin.* crossOrigin/,
    );
  },
});
