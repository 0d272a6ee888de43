/** Pictures: the middle of what a source shows, as a square of a fixed size. */

export const SIZE = 128;

type Source = HTMLVideoElement | HTMLCanvasElement | ImageBitmap;

const sizeOf = (source: Source): [width: number, height: number] =>
  source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];

/** snapshot: paints a source onto a canvas, over white; mirrored as a person sees herself. */
export function snapshot(canvas: HTMLCanvasElement, source: Source, mirrored = false): void {
  Object.assign(canvas, { width: SIZE, height: SIZE });
  const context = contextOf(canvas);
  const [width, height] = sizeOf(source);
  const side = Math.min(width, height);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, SIZE, SIZE);
  if (mirrored) context.setTransform(-1, 0, 0, 1, SIZE, 0);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIZE, SIZE);
}

/** pixelsOf: what is on a canvas of a snapshot. */
export const pixelsOf = (canvas: HTMLCanvasElement): ImageData => contextOf(canvas).getImageData(0, 0, SIZE, SIZE);

/** paint: puts the pixels of a snapshot onto a canvas. */
export function paint(canvas: HTMLCanvasElement, pixels: ImageData): void {
  Object.assign(canvas, { width: SIZE, height: SIZE });
  contextOf(canvas).putImageData(pixels, 0, 0);
}

const contextOf = (canvas: HTMLCanvasElement): CanvasRenderingContext2D =>
  canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
