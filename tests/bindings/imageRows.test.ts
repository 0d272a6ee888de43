// Images as rows: resizing, fits, gray and alpha against closed forms, the rows of pixels that decoders of other packages
// return, and what is no image. The sources of a browser are tested in tests/page/images.js.

import {
  createDataset,
  createEngine,
  type ImagePixels,
  type ImageRowsOptions,
  imageRows,
  imageRowsSync,
} from "thalweg";
import { describe, expect, it } from "vitest";

/** Pixels of [height][width] of gray values, or of [height][width] of channels. */
function pixels(rows: readonly (readonly (number | readonly number[])[])[]): ImagePixels {
  const data = Uint8Array.from(rows.flat(2) as number[]);
  return { data, width: rows[0]?.length ?? 0, height: rows.length };
}

function constantImage(width: number, height: number, color: readonly number[]): ImagePixels {
  const data = Uint8Array.from({ length: width * height * color.length }, (_, k) => color[k % color.length] as number);
  return { data, width, height, channels: color.length };
}

/** Deterministic bytes (Numerical Recipes' linear congruential generator, high bits). */
function noise(width: number, height: number, channels: number, seed = 1): ImagePixels {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { data, width, height, channels };
}

const rowOf = (image: ImagePixels, options: ImageRowsOptions): number[] =>
  Array.from(imageRowsSync([image], options).data);

describe("resizing", () => {
  const fits = ["cover", "contain", "stretch"] as const;
  const sizes = [
    [1, 1],
    [7, 5],
    [13, 3],
    [64, 64],
  ] as const;

  it.each(fits)("%s: a constant image stays constant at every size", (fit) => {
    for (const [width, height] of [...sizes, [1, 50] as const])
      for (const size of sizes) {
        const color = [201, 3, 77];
        const { data } = imageRowsSync([constantImage(width, height, color)], { size, fit, background: [201, 3, 77] });
        for (const [k, value] of data.entries()) expect(value).toBe(color[k % 3]);
      }
  });

  it("an image of the size of a row keeps its bytes", () => {
    for (const channels of [1, 3, 4] as const) {
      const image = noise(9, 6, channels);
      // Colors of pixels without any opacity are lost, as they have no weight.
      if (channels === 4)
        for (let k = 3; k < image.data.length; k += 4) image.data[k] = Math.max(1, image.data[k] ?? 0);
      for (const fit of fits) expect(rowOf(image, { size: [6, 9], channels, fit })).toEqual(Array.from(image.data));
    }
  });

  it("half the size is the mean of four, rounded half up", () => {
    const image = noise(8, 6, 3, 5);
    const row = rowOf(image, { size: [3, 4] });
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 4; x++)
        for (let c = 0; c < 3; c++) {
          const at = (p: number, q: number): number => image.data[(p * 8 + q) * 3 + c] as number;
          const sum = at(2 * y, 2 * x) + at(2 * y, 2 * x + 1) + at(2 * y + 1, 2 * x) + at(2 * y + 1, 2 * x + 1);
          expect(row[(y * 4 + x) * 3 + c]).toBe((sum + 2) >> 2);
        }
  });

  it("one number is the size of both axes", () => {
    const image = noise(8, 6, 3, 5);
    expect(rowOf(image, { size: 5 })).toEqual(rowOf(image, { size: [5, 5] }));
  });

  it("pixels on an edge count in both results by their area", () => {
    // Three pixels in two: (2 a + b) / 3 and (b + 2 c) / 3.
    expect(rowOf(pixels([[30, 60, 90]]), { size: [1, 2], channels: 1, fit: "stretch" })).toEqual([40, 80]);
    expect(rowOf(pixels([[30], [60], [90]]), { size: [2, 1], channels: 1, fit: "stretch" })).toEqual([40, 80]);
  });

  it("enlarging is linear between the centers of pixels, and constant beyond them", () => {
    // Centers of four results over two pixels lie at −¼, ¼, ¾ and 1¼.
    expect(rowOf(pixels([[0, 100]]), { size: [1, 4], channels: 1, fit: "stretch" })).toEqual([0, 25, 75, 100]);
    const square = pixels([
      [0, 100],
      [100, 200],
    ]);
    expect(rowOf(square, { size: [4, 4], channels: 1 })).toEqual(
      [0, 25, 75, 100].flatMap((y) => [0, 25, 75, 100].map((x) => x + y)),
    );
  });

  it("one axis may shrink while the other grows", () => {
    const image = pixels([[10, 30, 50, 70]]);
    expect(rowOf(image, { size: [2, 2], channels: 1, fit: "stretch" })).toEqual([20, 60, 20, 60]);
  });

  it("mirrored images give mirrored rows", () => {
    const image = noise(17, 11, 1, 9);
    const mirrored = { ...image, data: image.data.slice().reverse() };
    for (const size of [
      [4, 6],
      [23, 40],
    ] as const)
      expect(rowOf(mirrored, { size, channels: 1, fit: "stretch" })).toEqual(
        rowOf(image, { size, channels: 1, fit: "stretch" }).reverse(),
      );
  });

  it("16 bits become 8 as v / 257", () => {
    const data = Uint16Array.from([0, 257, 514, 65535, 128, 129]);
    expect(rowOf({ data, width: 6, height: 1 }, { size: [1, 6], channels: 1 })).toEqual([0, 1, 2, 255, 0, 1]);
    const half = { data: Uint16Array.of(65535, 32768), width: 1, height: 1, channels: 2 };
    // 1 over 0, half opaque: 255 · 32768 / 65535, rounded.
    expect(rowOf(half, { size: [1, 1], channels: 1, background: 0 })).toEqual([128]);
    const dark = { ...half, data: Uint16Array.of(0, 32768) };
    expect(rowOf(dark, { size: [1, 1], channels: 1, background: 255 })).toEqual([127]); // 127.498
  });
});

describe("fits", () => {
  const wide = pixels([
    [1, 2, 3, 4, 5, 6],
    [7, 8, 9, 10, 11, 12],
  ]);
  const tall = pixels([[1], [2], [3], [4], [5]]);

  it("cover uses the middle", () => {
    expect(rowOf(wide, { size: [2, 2], channels: 1 })).toEqual([3, 4, 9, 10]);
    expect(rowOf(tall, { size: [1, 1], channels: 1 })).toEqual([3]);
    expect(rowOf(tall, { size: [3, 1], channels: 1, fit: "cover" })).toEqual([2, 3, 4]);
  });

  it("contain adds bars of the background", () => {
    const options = { channels: 1, fit: "contain", background: 99 } as const;
    const bar = [99, 99, 99, 99, 99, 99];
    expect(rowOf(wide, { size: [4, 6], ...options })).toEqual([...bar, ...Array.from(wide.data), ...bar]);
    expect(rowOf(tall, { size: [5, 3], ...options })).toEqual([1, 2, 3, 4, 5].flatMap((value) => [99, value, 99]));
    const colored = imageRowsSync([tall], { size: [5, 3], fit: "contain", background: [10, 20, 30] }).data;
    expect(Array.from(colored.subarray(0, 9))).toEqual([10, 20, 30, 1, 1, 1, 10, 20, 30]);
    const [first] = [imageRowsSync([tall], { size: [5, 3], channels: 4, fit: "contain" }).data];
    expect(Array.from(first?.subarray(0, 8) ?? [])).toEqual([255, 255, 255, 255, 1, 1, 1, 255]);
  });

  it("contain keeps a line of an image that is thinner than a pixel", () => {
    const line = constantImage(1000, 1, [50]);
    expect(rowOf(line, { size: [3, 3], channels: 1, fit: "contain", background: 0 })).toEqual([
      0, 0, 0, 50, 50, 50, 0, 0, 0,
    ]);
    expect(rowOf(line, { size: [3, 3], channels: 1 })).toEqual(Array(9).fill(50));
  });
});

describe("colors", () => {
  it("gray is 0.299 r + 0.587 g + 0.114 b, rounded once", () => {
    const gray = (color: readonly number[]): number | undefined =>
      rowOf(constantImage(3, 2, color), { size: [1, 1], channels: 1 })[0];
    expect([gray([255, 0, 0]), gray([0, 255, 0]), gray([0, 0, 255])]).toEqual([76, 150, 29]); // 76.245, 149.685, 29.07
    expect(gray([10, 20, 30])).toBe(18); // 18.15
    for (let value = 0; value < 256; value++) expect(gray([value, value, value])).toBe(value);
    // The mean of two grays is rounded, not a mean of rounded grays: 0.5 rounds up.
    expect(
      rowOf(
        pixels([
          [
            [0, 0, 0],
            [1, 1, 1],
          ],
        ]),
        { size: [1, 1], channels: 1, fit: "stretch" },
      ),
    ).toEqual([1]);
  });

  it("gray images become colors of equal parts, and opaque", () => {
    expect(rowOf(pixels([[7]]), { size: [1, 1] })).toEqual([7, 7, 7]);
    expect(rowOf(pixels([[7]]), { size: [1, 1], channels: 4 })).toEqual([7, 7, 7, 255]);
    expect(rowOf(pixels([[[7, 51]]]), { size: [1, 1], channels: 4 })).toEqual([7, 7, 7, 51]);
  });

  it("alpha is composed over the background", () => {
    // 51 of 255 is a fifth: c / 5 + 4 background / 5.
    const image = pixels([[[100, 200, 50, 51]]]);
    expect(rowOf(image, { size: [1, 1], background: [10, 20, 30] })).toEqual([28, 56, 34]);
    expect(rowOf(image, { size: [1, 1] })).toEqual([224, 244, 214]); // over white
    expect(rowOf(pixels([[[100, 0]]]), { size: [1, 1], channels: 1, background: 12 })).toEqual([12]);
    expect(rowOf(pixels([[[100, 0]]]), { size: [1, 1], channels: 1, background: [255, 0, 0] })).toEqual([76]);
  });

  it("colors count by their opacity when pixels are averaged", () => {
    // A red pixel beside one that is green but invisible: half as opaque, and still red.
    const image = pixels([
      [
        [200, 0, 0, 255],
        [0, 200, 0, 0],
      ],
    ]);
    expect(rowOf(image, { size: [1, 1], channels: 4, fit: "stretch" })).toEqual([200, 0, 0, 128]);
    expect(rowOf(image, { size: [1, 1], fit: "stretch", background: 0 })).toEqual([100, 0, 0]);
    expect(rowOf(pixels([[[9, 9, 9, 0]]]), { size: [1, 1], channels: 4 })).toEqual([0, 0, 0, 0]);
  });
});

describe("sources", () => {
  const size = [1, 1] as const;

  it("of several sizes and kinds of array become rows in their order", async () => {
    const sources = [
      constantImage(5, 9, [1]),
      { data: Uint8ClampedArray.of(2, 2, 2, 255), width: 1, height: 1 },
      { data: Buffer.from([3, 3, 3]), width: 1, height: 1 },
      // As sharp returns it: const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true }); { data, ...info }
      { data: Buffer.from([4, 4, 4]), format: "raw", width: 1, height: 1, channels: 3, premultiplied: false, size: 3 },
    ];
    const rows = imageRowsSync(sources, { size: [2, 1], channels: 1 });
    expect(rows).toEqual({ data: Uint8Array.of(1, 1, 2, 2, 3, 3, 4, 4), shape: [4, 2, 1, 1] });
    expect(await imageRows(new Set(sources), { size: [2, 1], channels: 1 })).toEqual(rows);
  });

  it("that are no pixels go through decode, one at a time, in order", async () => {
    const calls: string[] = [];
    const decode = async (name: string) => {
      calls.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 0));
      calls.push(`${name} ends`);
      return constantImage(2, 2, [name.length]);
    };
    const { data } = await imageRows(["a", constantImage(1, 1, [9]), "abc"], { size, channels: 1, decode });
    expect(Array.from(data)).toEqual([1, 9, 3]);
    expect(calls).toEqual(["a begins", "a ends", "abc begins", "abc ends"]);
  });

  it("give the inputs of a data set", async () => {
    const inputs = imageRowsSync([noise(5, 5, 3), noise(9, 4, 4)], { size: [4, 4] });
    expect(createDataset(await createEngine(), { inputs, targets: [0, 1] }).rows).toBe(2);
  });
});

describe("what is no image", () => {
  const good = constantImage(1, 1, [1]);
  const size = [2, 2] as const;
  const thrown = async (source: unknown, options: object = {}): Promise<string> => {
    try {
      await imageRows([good, source as ImagePixels], { size, ...options });
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
    return "nothing";
  };
  const part = (changes: object) => ({ data: new Uint8Array(12), width: 2, height: 2, channels: 3, ...changes });

  it.each([
    [
      "cat.png",
      "TypeError: imageRows: source 1 (String) is no image: expected { data, width, height, channels }, or in a page or a worker a canvas, image, video, VideoFrame, ImageBitmap, Blob or File. Give decode for other sources.",
    ],
    [
      part({ channels: 4 }),
      "ShapeError: imageRows: source 1 (Object): data has 12 elements, but 2 × 2 pixels of 4 channels need width · height · channels, with channels from 1 to 4. Check width, height and channels.",
    ],
    [
      part({ channels: undefined, width: 5 }),
      "ShapeError: imageRows: source 1 (Object): data has 12 elements, but 5 × 2 pixels of 1 to 4 channels need width · height · channels, with channels from 1 to 4. Check width, height and channels.",
    ],
    [
      part({ width: 0 }),
      "RangeError: imageRows: source 1 (Object): got 0 × 2 pixels, expected a width and a height of at least 1. Leave it out.",
    ],
    [
      part({ data: [1, 2, 3] }),
      "TypeError: imageRows: source 1 (Object): data must be a Uint8Array, Uint8ClampedArray or Uint16Array of whole pixels, got [1, 2, 3].",
    ],
    [
      part({ palette: [[0, 0, 0]] }),
      "TypeError: imageRows: source 1 (Object): data are indices into a palette, expected colors. Convert them, as with convertIndexedToRgb of fast-png.",
    ],
  ])("%o", async (source, message) => {
    expect(await thrown(source)).toBe(message);
  });

  it("files in a host that cannot decode them", async () => {
    expect(await thrown(new Blob(["x"]))).toBe(
      "TypeError: imageRows: source 1 (Blob): this host cannot decode images. Give decode, a function that turns it into pixels.",
    );
    expect(() => imageRowsSync([new Blob(["x"]) as never], { size })).toThrow(
      "imageRowsSync: source 0 (Blob) is no image: expected { data, width, height, channels }, or a canvas, image, video, VideoFrame or ImageBitmap. For files, await imageRows.",
    );
  });

  it("elements in a host that cannot draw them", async () => {
    const element = { [Symbol.toStringTag]: "HTMLCanvasElement", width: 2, height: 2 };
    expect(await thrown(element)).toBe(
      "TypeError: imageRows: source 1 (HTMLCanvasElement): this host has no OffscreenCanvas to draw it. Give its pixels, or decode.",
    );
  });

  it("decoders that fail or return something else", async () => {
    const broken = () => {
      throw new Error("wrong signature");
    };
    expect(await thrown(Uint8Array.of(1), { decode: broken })).toBe(
      'TypeError: imageRows: source 1 (Uint8Array): decode threw "wrong signature". Leave it out, or correct decode.',
    );
    expect(await thrown("a", { decode: () => 7 })).toBe(
      "TypeError: imageRows: source 1 (String): the result of decode must be { data, width, height, channels }, got 7.",
    );
  });

  it("the first source that is none, before any is decoded", async () => {
    expect(() => imageRowsSync([part({ width: 9 }), 5] as never, { size })).toThrow(
      "imageRowsSync: source 1 (Number) is no",
    );
  });

  it("what is no list of images", () => {
    expect(() => imageRowsSync(Uint8Array.of(1, 2) as never, { size })).toThrow(
      "imageRowsSync: sources must be an array of images, got a Uint8Array. Try [image].",
    );
    expect(() => imageRowsSync(good as never, { size })).toThrow("sources must be an array of images, got an object.");
    expect(() => imageRowsSync([], { size })).toThrow("imageRowsSync: sources is empty, expected at least one image.");
  });

  it("rows that do not fit into memory", () => {
    expect(() => imageRowsSync(Array(1000).fill(good), { size: [65535, 65535] })).toThrow(
      "imageRowsSync: 1000 rows of 65535 × 65535 × 3 bytes are more than fits into memory.",
    );
  });
});
