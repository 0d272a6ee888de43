// Numbers as words.

/** A number in at most `digits` significant digits, without trailing zeros; very large and small ones with an exponent. */
export function format(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e5)
      ? value
          .toExponential(digits - 1)
          .replace(/\.?0+e/, "e")
          .replace("e+", "e")
      : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

export const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);
