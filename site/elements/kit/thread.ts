// A trail in perspective: a path cut at the sides of the box into short pieces, which lie on the surface if there is one. Pieces
// that the surface hides are drawn faintly.

import type { PlotScale } from "thalweg/plot";
import { boxHeight, type Camera, type Place } from "./camera.ts";
import type { Terrain } from "./terrain.ts";

export interface Axes {
  readonly x: PlotScale;
  readonly y: PlotScale;
  readonly z: PlotScale;
}

interface Look {
  readonly color: string;
  readonly ground: string;
  readonly isDashed: boolean;
}

/** Length of a piece that follows the surface. */
const pieceLength = 0.04;
/** Distance of a trail from the surface that it lies on. */
const lift = 0.006;

/** The part of the way from a to b inside the box, as shares of it; null if there is none. */
function inside(a: Place, b: Place, isFlat: boolean): readonly [number, number] | null {
  let [from, to] = [0, 1];
  for (let axis = 0; axis < (isFlat ? 2 : 3); axis++) {
    const bound = axis === 2 ? boxHeight : 1;
    const [start, way] = [a[axis] as number, (b[axis] as number) - (a[axis] as number)];
    if (way === 0) {
      if (Math.abs(start) > bound) return null;
      continue;
    }
    const [one, other] = [(-bound - start) / way, (bound - start) / way];
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
  }
  return from <= to ? [from, to] : null;
}

export class Thread {
  /** Ends of pieces, x, y, z each. */
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** Number of pieces up to each point. */
  readonly #count: number[] = [];
  readonly #places: Place[] = [];
  readonly #terrain: Terrain | null;

  constructor(points: Float64Array, dimensions: 2 | 3, { x, y, z }: Axes, terrain: Terrain | null) {
    this.#terrain = terrain;
    const isFlat = dimensions === 2;
    for (let k = 0; k < points.length; k += dimensions) {
      const place: Place = [x(points[k]!), y(points[k + 1]!), isFlat ? 0 : z(points[k + 2]!)];
      if (!place.every(Number.isFinite)) break;
      const before = this.#places.at(-1);
      this.#places.push(place);
      if (before) this.#add(before, place, isFlat);
      this.#count.push(this.#from.length / 3);
    }
    if (isFlat) this.#places = this.#places.map((place) => this.#lifted(place));
  }

  /** A place on the surface below it. */
  #lifted([x, y]: Place): Place {
    return [x, y, (this.#terrain?.heightAt(x, y) ?? 0) + lift];
  }

  #add(a: Place, b: Place, isFlat: boolean): void {
    const shares = inside(a, b, isFlat);
    if (!shares) return;
    const at = (t: number): Place => {
      const place: Place = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
      return isFlat ? this.#lifted(place) : place;
    };
    const [from, to] = shares;
    const length = (to - from) * Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2]);
    const pieces = isFlat || this.#terrain ? Math.max(1, Math.ceil(length / pieceLength)) : 1;
    let before = at(from);
    for (let k = 1; k <= pieces; k++) {
      const next = at(from + ((to - from) * k) / pieces);
      // Above the top of the box, or outside of the surface, nothing is drawn.
      if (Math.max(before[2], next[2]) <= boxHeight + lift) {
        this.#from.push(...before);
        this.#to.push(...next);
      }
      before = next;
    }
  }

  draw(context: CanvasRenderingContext2D, camera: Camera, upTo: number, { color, ground, isDashed }: Look): void {
    const pieces = this.#count[Math.min(upTo, this.#count.length - 1)] ?? 0;
    const [seen, hidden] = [new Path2D(), new Path2D()];
    let [path, lastX, lastY]: [Path2D | null, number, number] = [null, 0, 0];
    for (let k = 0; k < 3 * pieces; k += 3) {
      const from: Place = [this.#from[k]!, this.#from[k + 1]!, this.#from[k + 2]!];
      const [x, y] = camera.at(...from);
      const wanted = this.#terrain?.hides(from, camera.eye) ? hidden : seen;
      if (path !== wanted || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.01) wanted.moveTo(x, y);
      [lastX, lastY] = camera.at(this.#to[k]!, this.#to[k + 1]!, this.#to[k + 2]!);
      wanted.lineTo(lastX, lastY);
      path = wanted;
    }
    const stroke = (what: Path2D, style: string, width: number, alpha: number, dash: number[] = []): void => {
      context.strokeStyle = style;
      context.lineWidth = width;
      context.globalAlpha = alpha;
      context.setLineDash(dash);
      context.stroke(what);
    };
    const dash = isDashed ? [7, 4] : [];
    stroke(hidden, color, 1.5, 0.4, dash);
    stroke(seen, ground, 4, 0.7);
    stroke(seen, color, 2, 1, dash);
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  /** Draws a dot where the trail has come to. */
  drawHead(context: CanvasRenderingContext2D, camera: Camera, upTo: number, color: string, ground: string): void {
    const place = this.#places[Math.min(upTo, this.#places.length - 1)];
    if (!place || Math.max(Math.abs(place[0]), Math.abs(place[1])) > 1 || !(Math.abs(place[2]) <= boxHeight + lift))
      return;
    const [x, y] = camera.at(...place);
    context.globalAlpha = this.#terrain?.hides(place, camera.eye) ? 0.4 : 1;
    context.beginPath();
    context.arc(x, y, 4.5, 0, 2 * Math.PI);
    context.fillStyle = color;
    context.fill();
    context.strokeStyle = ground;
    context.lineWidth = 1.5;
    context.stroke();
    context.globalAlpha = 1;
  }
}
