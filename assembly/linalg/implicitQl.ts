// Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method with Wilkinson's shift. The rotations of a sweep are
// stored and applied to the vectors together, so that a row is read and written once a sweep.
// A. Dubrulle, R. S. Martin, J. H. Wilkinson, "The implicit QL algorithm", Numerische Mathematik 12 (1968).

/** Most sweeps for each eigenvalue; usually two suffice. */
const SWEEPS: i32 = 60;

/** Bytes of scratch for `implicitQl`. */
export function implicitQlScratch(n: f64): f64 {
  return n * 16 + 32;
}

/**
 * diagonal [n] ← the eigenvalues, unordered; beside [n], with beside[i] = T[i, i - 1], is overwritten. If `vectors` is not 0,
 * its n rows of `width` elements are rotated too: rows of Qᵀ become the eigenvectors of Q T Qᵀ. Returns whether all converged.
 */
export function implicitQl(
  diagonal: usize,
  beside: usize,
  n: usize,
  vectors: usize,
  width: usize,
  scratch: usize,
): bool {
  if (n < 2) return true;
  memory.copy(beside, beside + 8, (n - 1) << 3);
  const end = (n - 1) << 3;
  store<f64>(beside + end, 0);
  let allowed = SWEEPS * <i32>n;
  for (let first: usize = 0; first <= end; first += 8) {
    while (true) {
      let last = first;
      while (last < end && !negligible(diagonal + last, beside + last)) last += 8;
      if (last === first) break;
      if (--allowed < 0) return false;
      const low = sweep(diagonal, beside, first, last, scratch);
      if (vectors !== 0) {
        const row = width << 3;
        rotate(vectors + (low >> 3) * row, row, (last - low) >> 3, width, scratch + 2 * low);
      }
    }
  }
  return true;
}

/** True if the off-diagonal element between this diagonal element and the next is negligible. */
function negligible(diagonal: usize, beside: usize): bool {
  const size = abs(load<f64>(diagonal)) + abs(load<f64>(diagonal, 8));
  return abs(load<f64>(beside)) <= f64.EPSILON * size;
}

/**
 * One sweep from element `last` up to `first` (byte offsets): rotation k, of the elements k and k + 1, leaves cosine and
 * sine at scratch + 16k. Returns where it ended: above `first` if an element on the way became exactly zero.
 */
function sweep(diagonal: usize, beside: usize, first: usize, last: usize, scratch: usize): usize {
  const d = load<f64>(diagonal + first);
  const e = load<f64>(beside + first);
  const half = (load<f64>(diagonal + first + 8) - d) / (2 * e);
  const root = hypotenuse(half, 1);
  let g = load<f64>(diagonal + last) - d + e / (half + copysign<f64>(root, half));
  let sine: f64 = 1;
  let cosine: f64 = 1;
  let p: f64 = 0;
  for (let i = last; i > first; ) {
    i -= 8;
    const f = sine * load<f64>(beside + i);
    const b = cosine * load<f64>(beside + i);
    const radius = hypotenuse(f, g);
    store<f64>(beside + i + 8, radius);
    if (radius === 0) {
      store<f64>(diagonal + i + 8, load<f64>(diagonal + i + 8) - p);
      store<f64>(beside + last, 0);
      return i + 8;
    }
    sine = f / radius;
    cosine = g / radius;
    store<f64>(scratch + 2 * i, cosine);
    store<f64>(scratch + 2 * i + 8, sine);
    g = load<f64>(diagonal + i + 8) - p;
    const t = (load<f64>(diagonal + i) - g) * sine + 2 * cosine * b;
    p = sine * t;
    store<f64>(diagonal + i + 8, g + p);
    g = cosine * t - b;
  }
  store<f64>(diagonal + first, load<f64>(diagonal + first) - p);
  store<f64>(beside + first, g);
  store<f64>(beside + last, 0);
  return first;
}

/** √(a² + b²) for entries of a scaled matrix, where only squares negligible beside 1 underflow. */
function hypotenuse(a: f64, b: f64): f64 {
  const square = a * a + b * b;
  if (square > 1e-280 && square < 1e280) return sqrt<f64>(square);
  const larger = max(abs(a), abs(b));
  if (larger === 0) return 0;
  const ratio = min(abs(a), abs(b)) / larger;
  return larger * sqrt<f64>(1 + ratio * ratio);
}

/** Rotates rows k and k + 1 for k = count - 1 .. 0; eight columns at a time stay in registers from one row to the next. */
function rotate(rows: usize, row: usize, count: usize, width: usize, rotations: usize): void {
  const lastRow = rows + count * row;
  const lastRotation = rotations + (count << 4);
  let column: usize = 0;
  for (; column + 8 <= width; column += 8) {
    let at = lastRow + (column << 3);
    let carry0 = v128.load(at);
    let carry1 = v128.load(at, 16);
    let carry2 = v128.load(at, 32);
    let carry3 = v128.load(at, 48);
    for (let r = lastRotation; r !== rotations; ) {
      r -= 16;
      const cosine = v128.load64_splat(r);
      const sine = v128.load64_splat(r, 8);
      const above = at - row;
      const x0 = v128.load(above);
      const x1 = v128.load(above, 16);
      const x2 = v128.load(above, 32);
      const x3 = v128.load(above, 48);
      v128.store(at, f64x2.add(f64x2.mul(sine, x0), f64x2.mul(cosine, carry0)));
      v128.store(at, f64x2.add(f64x2.mul(sine, x1), f64x2.mul(cosine, carry1)), 16);
      v128.store(at, f64x2.add(f64x2.mul(sine, x2), f64x2.mul(cosine, carry2)), 32);
      v128.store(at, f64x2.add(f64x2.mul(sine, x3), f64x2.mul(cosine, carry3)), 48);
      carry0 = f64x2.sub(f64x2.mul(cosine, x0), f64x2.mul(sine, carry0));
      carry1 = f64x2.sub(f64x2.mul(cosine, x1), f64x2.mul(sine, carry1));
      carry2 = f64x2.sub(f64x2.mul(cosine, x2), f64x2.mul(sine, carry2));
      carry3 = f64x2.sub(f64x2.mul(cosine, x3), f64x2.mul(sine, carry3));
      at = above;
    }
    v128.store(at, carry0);
    v128.store(at, carry1, 16);
    v128.store(at, carry2, 32);
    v128.store(at, carry3, 48);
  }
  for (; column < width; column++) {
    let at = lastRow + (column << 3);
    let carry = load<f64>(at);
    for (let r = lastRotation; r !== rotations; ) {
      r -= 16;
      const cosine = load<f64>(r);
      const sine = load<f64>(r, 8);
      const x = load<f64>(at - row);
      store<f64>(at, sine * x + cosine * carry);
      carry = cosine * x - sine * carry;
      at -= row;
    }
    store<f64>(at, carry);
  }
}
