// A camera that looks at a box of three axes in perspective: where a point of the box lies on the screen, and which of its sides
// are far. The box reaches from −1 to 1 along x and y, and from −height to height along z.

/** Angles of the view: the turn around the vertical axis, and the height of the eye, in degrees. */
export interface View {
  readonly turn: number;
  readonly tilt: number;
}

/** Half the height of the box. */
export const boxHeight = 0.62;
/** Distance of the eye from the middle of the box. */
const distance = 6;
const radians = Math.PI / 180;
/** Place for texts beside the box, and above and below it, in pixels. */
const margin = { side: 28, end: 22 };

export type Place = readonly [x: number, y: number, z: number];

/** Reach of the box to the side, up and down when it is turned by 45°, at scale 1. */
function reach(above: number) {
  const [c, s, far] = [Math.cos(above), Math.sin(above), Math.SQRT2];
  const down = (toEye: number, z: number): number => (toEye * s - z * c) / (distance - toEye * c - z * s);
  const ends = [-far, 0, far].flatMap((toEye) => [down(toEye, -boxHeight), down(toEye, boxHeight)]);
  return { wide: far / (distance - boxHeight * s), top: Math.min(...ends), bottom: Math.max(...ends) };
}

export class Camera {
  /** Position of the eye. */
  readonly eye: Place;
  readonly #right: Place;
  readonly #up: Place;
  readonly #middle: readonly [number, number];
  readonly #scale: number;

  constructor({ turn, tilt }: View, width: number, height: number) {
    const [around, above] = [-(turn + 90) * radians, tilt * radians];
    const [c, s] = [Math.cos(around), Math.sin(around)];
    const toEye: Place = [Math.cos(above) * c, Math.cos(above) * s, Math.sin(above)];
    this.eye = [distance * toEye[0], distance * toEye[1], distance * toEye[2]];
    this.#right = [-s, c, 0];
    this.#up = [-Math.sin(above) * c, -Math.sin(above) * s, Math.cos(above)];
    // The box fills the screen at any turn, with place for the texts beside it: what reaches farthest is the turn by 45°.
    const { wide, top, bottom } = reach(above);
    this.#scale = Math.min((width / 2 - margin.side) / wide, (height - 2 * margin.end) / (bottom - top));
    this.#middle = [width / 2, height / 2 - (this.#scale * (top + bottom)) / 2];
  }

  /** Position on the screen. */
  at(x: number, y: number, z: number): [number, number] {
    const [[rx, ry], [ux, uy, uz], [ex, ey, ez]] = [this.#right, this.#up, this.eye];
    const depth = distance - (x * ex + y * ey + z * ez) / distance;
    const share = this.#scale / depth;
    return [this.#middle[0] + share * (x * rx + y * ry), this.#middle[1] - share * (x * ux + y * uy + z * uz)];
  }

  /** Positions of many places, x, y, z each, times a factor: x, y and the distance from the eye each. */
  all(places: Float64Array, factor: number): Float64Array {
    const [[rx, ry], [ux, uy, uz], [ex, ey, ez]] = [this.#right, this.#up, this.eye];
    const [middleX, middleY] = this.#middle;
    const positions = new Float64Array(places.length);
    for (let k = 0; k < places.length; k += 3) {
      const [x, y, z] = [places[k]!, places[k + 1]!, places[k + 2]!];
      const depth = distance - (x * ex + y * ey + z * ez) / distance;
      const share = this.#scale / depth;
      positions[k] = factor * (middleX + share * (x * rx + y * ry));
      positions[k + 1] = factor * (middleY - share * (x * ux + y * uy + z * uz));
      positions[k + 2] = depth;
    }
    return positions;
  }

  /** The side of an axis (0 for x, 1 for y) that is near, −1 or 1. */
  near(axis: 0 | 1): number {
    return this.eye[axis] < 0 ? -1 : 1;
  }
}
