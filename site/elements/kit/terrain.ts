// A surface z = f(x, y) over a lattice, as a picture: triangles whose pixels are colored by the band that their height lies in, and
// shaded by the slope. A pixel shows what is nearest to the eye. Places are those of the camera's box.

import { contourLevels, type PlotLattice, type PlotScale, sequentialColor } from "thalweg/plot";
import { boxHeight, type Camera, type Place } from "./camera.ts";
import { bands } from "./style.ts";

/** Share of the map of colors that the highest band has, so that trails stay visible over it. */
const highest = 0.55;
/** Direction of the light, and number of shades. */
const light: Place = [-0.42, -0.36, 0.83];
const shades = 64;
/** Number of heights whose bands are known. */
const heights = 2048;
/** Pixels of the picture along one of the page: more than one, so that edges are smooth. */
const density = 2;

/** Colors of a band in all its shades, as numbers of pixels. */
function shadesOf(color: string): number[] {
  return Array.from({ length: shades }, (_, k) => {
    const share = 0.72 + (0.36 * k) / (shades - 1);
    const part = (at: number): number =>
      Math.min(255, Math.round(Number.parseInt(color.slice(at, at + 2), 16) * share));
    return ((255 << 24) | (part(5) << 16) | (part(3) << 8) | part(1)) >>> 0;
  });
}

/**
 * Part of a horizontal line at y inside the triangle of (0, 0), b and c, whose edges are 0 ≤ u, 0 ≤ v and u + v ≤ 1 with
 * u = (x cy − y cx) / area and v = (y bx − x by) / area.
 */
function span(bx: number, by: number, cx: number, cy: number, y: number): [from: number, to: number] {
  const area = bx * cy - by * cx;
  let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let edge = 0; edge < 3; edge++) {
    const slope = (edge === 0 ? cy : edge === 1 ? -by : by - cy) / area;
    const start = (edge === 0 ? -y * cx : edge === 1 ? y * bx : area + y * (cx - bx)) / area;
    if (slope > 0) from = Math.max(from, -start / slope);
    else if (slope < 0) to = Math.min(to, -start / slope);
    else if (start < 0) to = Number.NEGATIVE_INFINITY;
  }
  return [from, to];
}

export class Terrain {
  readonly #columns: number;
  readonly #rows: number;
  /** Places of the lattice's points in the box, x, y, z each, and their shades 0 .. 1. */
  readonly #places: Float64Array;
  readonly #shade: Float64Array;
  /** Band of each height from the bottom to the top of the box. */
  readonly #bands: Uint8Array;
  #colors = new Uint32Array();
  #scheme = "";
  readonly #canvas = document.createElement("canvas");
  #picture = new ImageData(1, 1);
  #pixels = new Uint32Array(1);
  #depths = new Float32Array(1);

  /** `z` maps values to heights in the box; what is above its range is cut away. */
  constructor(lattice: PlotLattice, z: PlotScale) {
    [this.#columns, this.#rows] = lattice.resolution;
    const { values } = lattice;
    const floor = z.range[0];
    const columns = this.#columns;
    this.#places = new Float64Array(3 * values.length);
    for (let k = 0; k < values.length; k++)
      this.#places.set([this.#x(k % columns), this.#y(Math.floor(k / columns)), z(Math.max(values[k]!, floor))], 3 * k);
    this.#shade = Float64Array.from(values, (_, k) => this.#shadeAt(k));
    const levels = contourLevels(lattice, bands - 1).map((level) => z(Math.max(level, floor)));
    this.#bands = Uint8Array.from({ length: heights }, (_, k) => {
      const height = ((k + 0.5) / heights) * 2 * boxHeight - boxHeight;
      return levels.filter((level) => level < height).length;
    });
  }

  #x(column: number): number {
    return (2 * column) / (this.#columns - 1) - 1;
  }

  #y(row: number): number {
    return (2 * row) / (this.#rows - 1) - 1;
  }

  #height(column: number, row: number): number {
    return this.#places[3 * (row * this.#columns + column) + 2] as number;
  }

  /** Brightness of a point of the lattice: 1 where the light falls straight. */
  #shadeAt(k: number): number {
    const [column, row] = [k % this.#columns, Math.floor(k / this.#columns)];
    const [left, right] = [Math.max(column - 1, 0), Math.min(column + 1, this.#columns - 1)];
    const [near, far] = [Math.max(row - 1, 0), Math.min(row + 1, this.#rows - 1)];
    const dx = (this.#height(right, row) - this.#height(left, row)) / (this.#x(right) - this.#x(left));
    const dy = (this.#height(column, far) - this.#height(column, near)) / (this.#y(far) - this.#y(near));
    return Math.max(0, (-dx * light[0] - dy * light[1] + light[2]) / Math.hypot(dx, dy, 1));
  }

  draw(
    context: CanvasRenderingContext2D,
    camera: Camera,
    scheme: "light" | "dark",
    size: readonly [number, number],
  ): void {
    const [width, height] = [size[0] * density, size[1] * density];
    if (this.#picture.width !== width || this.#picture.height !== height) this.#resize(width, height);
    if (scheme !== this.#scheme) this.#paint(scheme);
    this.#pixels.fill(0);
    this.#depths.fill(Number.POSITIVE_INFINITY);
    const points = camera.all(this.#places, density);
    for (let row = 0; row + 1 < this.#rows; row++)
      for (let column = 0; column + 1 < this.#columns; column++) {
        const k = row * this.#columns + column;
        this.#fill(points, k, k + 1, k + this.#columns);
        this.#fill(points, k + this.#columns + 1, k + this.#columns, k + 1);
      }
    this.#canvas.getContext("2d")?.putImageData(this.#picture, 0, 0);
    context.drawImage(this.#canvas, 0, 0, ...size);
  }

  #resize(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#picture = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#picture.data.buffer);
    this.#depths = new Float32Array(width * height);
  }

  #paint(scheme: "light" | "dark"): void {
    this.#scheme = scheme;
    const colors = Array.from({ length: bands }, (_, k) => sequentialColor((highest * k) / (bands - 1), scheme));
    this.#colors = Uint32Array.from(colors.flatMap(shadesOf));
  }

  /** Fills the pixels of a triangle of three points of the lattice. */
  #fill(points: Float64Array, a: number, b: number, c: number): void {
    const [ax, ay, az] = [points[3 * a]!, points[3 * a + 1]!, points[3 * a + 2]!];
    const [bx, by, bz] = [points[3 * b]! - ax, points[3 * b + 1]! - ay, points[3 * b + 2]! - az];
    const [cx, cy, cz] = [points[3 * c]! - ax, points[3 * c + 1]! - ay, points[3 * c + 2]! - az];
    const area = bx * cy - by * cx;
    if (!(Math.abs(area) > 1e-9)) return; // also where a value is not finite
    const { width, height } = this.#picture;
    const [high, highB, highC] = [this.#places[3 * a + 2]!, this.#places[3 * b + 2]!, this.#places[3 * c + 2]!];
    const [shade, shadeB, shadeC] = [this.#shade[a]!, this.#shade[b]!, this.#shade[c]!];
    const toBand = heights / (2 * boxHeight);
    const bottom = Math.min(height, Math.ceil(ay + Math.max(0, by, cy) - 0.5));
    for (let row = Math.max(0, Math.ceil(ay + Math.min(0, by, cy) - 0.5)); row < bottom; row++) {
      const y = row + 0.5 - ay;
      const [from, to] = span(bx, by, cx, cy, y);
      const last = Math.min(width, Math.ceil(ax + to - 0.5));
      for (let column = Math.max(0, Math.ceil(ax + from - 0.5)); column < last; column++) {
        const x = column + 0.5 - ax;
        const [u, v] = [(x * cy - y * cx) / area, (y * bx - x * by) / area];
        const z = high + u * (highB - high) + v * (highC - high);
        const depth = az + u * bz + v * cz;
        const pixel = row * width + column;
        if (z > boxHeight || depth >= this.#depths[pixel]!) continue;
        this.#depths[pixel] = depth;
        const band = this.#bands[Math.min(heights - 1, Math.max(0, Math.floor((z + boxHeight) * toBand)))]!;
        const bright = Math.floor((shade + u * (shadeB - shade) + v * (shadeC - shade)) * (shades - 1));
        this.#pixels[pixel] = this.#colors[band * shades + bright]!;
      }
    }
  }

  /** Height of the surface at a place; NaN outside of it. */
  heightAt(x: number, y: number): number {
    const [u, v] = [((x + 1) / 2) * (this.#columns - 1), ((y + 1) / 2) * (this.#rows - 1)];
    if (!(u >= 0 && v >= 0 && u <= this.#columns - 1 && v <= this.#rows - 1)) return Number.NaN;
    const [column, row] = [Math.min(Math.floor(u), this.#columns - 2), Math.min(Math.floor(v), this.#rows - 2)];
    const [p, q] = [u - column, v - row];
    const near = this.#height(column, row) * (1 - p) + this.#height(column + 1, row) * p;
    const far = this.#height(column, row + 1) * (1 - p) + this.#height(column + 1, row + 1) * p;
    return near * (1 - q) + far * q;
  }

  /** True if the surface lies between a place and the eye. */
  hides([x, y, z]: Place, [ex, ey, ez]: Place): boolean {
    const step = 2 / Math.max(this.#columns, this.#rows) / Math.hypot(ex - x, ey - y, ez - z);
    for (let t = 2 * step; t < 1; t += step) {
      const height = z + t * (ez - z);
      if (height > boxHeight) return false;
      const ground = this.heightAt(x + t * (ex - x), y + t * (ey - y));
      if (Number.isNaN(ground)) return false;
      if (ground > height + 0.004 && ground <= boxHeight) return true;
    }
    return false;
  }
}
