// Equalization of a histogram over the levels 0 .. 255, in whole numbers as by `equalize` of torchvision and Pillow. With
// step = ⌊(all pixels − pixels of the highest level that occurs) / 255⌋, level l becomes
// ⌊(pixels below l + ⌊step / 2⌋) / step⌋, at most 255; with step 0 it stays.

/** Bytes of scratch: the count of each level, then the new level in its place. */
export const equalizeBytes: u32 = 256 * 4;

/** x rounded to a level. */
function levelOf<T>(x: usize): u32 {
  return <u32>min(max(<f64>load<T>(x) + 0.5, 0.0), 255.0);
}

/** Equalizes one channel of one image: `pixels` elements, `stride` bytes apart. */
function equalizeChannel<T>(out: usize, x: usize, pixels: u32, stride: usize, table: usize): void {
  memory.fill(table, 0, equalizeBytes);
  const end = x + <usize>pixels * stride;
  for (let at = x; at < end; at += stride) {
    const count = table + (levelOf<T>(at) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  let highest: u32 = 255;
  while (highest > 0 && load<u32>(table + (highest << 2)) === 0) highest--;
  const step = (pixels - load<u32>(table + (highest << 2))) / 255;
  let below: u32 = step / 2;
  for (let level: u32 = 0; level < 256; level++) {
    const count = load<u32>(table + (level << 2));
    store<u32>(table + (level << 2), step === 0 ? level : min(below / step, 255));
    below += count;
  }
  for (let at: usize = 0; at < <usize>pixels * stride; at += stride) {
    store<T>(out + at, <T>load<u32>(table + (levelOf<T>(x + at) << 2)));
  }
}

/** Equalizes each channel of x [images, pixels, channels] by itself. */
export function equalize<T>(out: usize, x: usize, pictures: u32, pixels: u32, channels: u32, table: usize): void {
  const stride = <usize>channels * sizeof<T>();
  for (let n: u32 = 0; n < pictures; n++) {
    for (let c: u32 = 0; c < channels; c++) {
      const at = (<usize>n * pixels * channels + c) * sizeof<T>();
      equalizeChannel<T>(out + at, x + at, pixels, stride, table);
    }
  }
}
