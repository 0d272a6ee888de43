// Casts between element types, and gathering a batch: rows of a data set, converted and scaled.

/**
 * out[i] = x[i] as To, for f32, f64 and i32 (From also u8). Floats are rounded to integers toward zero and clamped to the range,
 * and NaN becomes 0, by the saturating instruction.
 */
export function castElements<From, To>(out: usize, x: usize, count: usize): void {
  if (sizeof<From>() === sizeof<To>() && isFloat<From>() === isFloat<To>()) {
    memory.copy(out, x, count * sizeof<To>());
    return;
  }
  for (const end = out + count * sizeof<To>(); out !== end; out += sizeof<To>()) {
    store<To>(out, <To>load<From>(x));
    x += sizeof<From>();
  }
}

/** out[i] = x[i] · scale + shift in To: one multiplication, one addition, never fused. */
export function scaleElements<From, To>(out: usize, x: usize, count: usize, scale: To, shift: To): void {
  let i: usize = 0;
  if (sizeof<From>() === 1 && sizeof<To>() === 4) {
    const factor = f32x4.splat(<f32>scale);
    const addend = f32x4.splat(<f32>shift);
    for (; i + 8 <= count; i += 8) {
      const eight = v128.load8x8_u(x + i);
      const low = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(eight));
      const high = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_u(eight));
      v128.store(out + 4 * i, f32x4.add(f32x4.mul(low, factor), addend));
      v128.store(out + 4 * i, f32x4.add(f32x4.mul(high, factor), addend), 16);
    }
  } else if (isFloat<From>() && sizeof<From>() === sizeof<To>()) {
    const factor = v128.splat<To>(scale);
    const addend = v128.splat<To>(shift);
    const lanes = 16 / sizeof<To>();
    for (; i + lanes <= count; i += lanes) {
      const v = v128.load(x + i * sizeof<To>());
      v128.store(out + i * sizeof<To>(), v128.add<To>(v128.mul<To>(v, factor), addend));
    }
  }
  for (; i < count; ++i) {
    store<To>(out + i * sizeof<To>(), <To>load<From>(x + i * sizeof<From>()) * scale + shift);
  }
}

/**
 * out[r, :] = x[rows[r], :] · scale + shift; `rows` holds u32 row numbers. Scale 1 and shift 0 copy, which keeps -0 and the bits of
 * a NaN.
 */
export function gatherScaled<From, To>(
  out: usize,
  rows: usize,
  x: usize,
  rowCount: usize,
  rowLength: usize,
  scale: f64,
  shift: f64,
): void {
  const copies = isFloat<From>() && scale === 1 && shift === 0;
  for (const end = rows + 4 * rowCount; rows !== end; rows += 4) {
    const row = x + <usize>load<u32>(rows) * rowLength * sizeof<From>();
    if (copies) castElements<From, To>(out, row, rowLength);
    else scaleElements<From, To>(out, row, rowLength, <To>scale, <To>shift);
    out += rowLength * sizeof<To>();
  }
}
