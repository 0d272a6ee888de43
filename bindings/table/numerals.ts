// Numbers and dates as cells write them. What is not plainly a number stays text: 007, 1,5, 0x10, Infinity, 1e400, and whole
// numbers that a double would round.

/** 10^k, each exact. */
const powers = /* @__PURE__ */ Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k}`));

const numeral = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const anyNumeral = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Value of a numeral of at most 15 digits, such as -12.50, which `toFixed` writes as the cell does; NaN for any other cell. Both
 * operands of / are exact, so that the quotient is the double nearest to the numeral.
 */
export function plainNumber(cell: string): number {
  const from = cell.charCodeAt(0) === 45 ? 1 : 0;
  const { length } = cell;
  let point = -1;
  let digits = 0;
  if (length === from || length - from > 16) return Number.NaN;
  for (let k = from; k < length; k++) {
    const code = cell.charCodeAt(k);
    if (code >= 48 && code <= 57) digits = digits * 10 + code - 48;
    else if (code === 46 && point < 0 && k > from && k < length - 1) point = k;
    else return Number.NaN;
  }
  if (point < 0 && length - from > 15) return Number.NaN;
  if (cell.charCodeAt(from) === 48 && length - from > 1 && point !== from + 1) return Number.NaN;
  if (from === 1 && digits === 0) return Number.NaN; // -0, which toFixed would write as 0
  const value = point < 0 ? digits : digits / (powers[length - 1 - point] as number);
  return from === 1 ? -value : value;
}

/** Value of any other numeral that is a number; NaN if the cell is to stay text. */
export function otherNumber(cell: string): number {
  const match = numeral.exec(cell);
  if (!match) return Number.NaN;
  const value = Number(cell);
  const rounded = match[1] === undefined && !(Math.abs(value) < 2 ** 53);
  const underflows = value === 0 && /[1-9]/.test(cell.replace(/e.*/i, ""));
  return rounded || underflows || !Number.isFinite(value) ? Number.NaN : value;
}

/** True if a cell of a column whose type is not given is a number. */
export const isNumeral = (cell: string): boolean =>
  !Number.isNaN(plainNumber(cell)) || !Number.isNaN(otherNumber(cell));

/** Number of a cell of a column that is given as numbers: leading zeros and signs count, too. NaN if there is none. */
export function givenNumberIn(cell: string): number {
  const value = anyNumeral.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(value) ? value : Number.NaN;
}

const isoDate =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(?:Z|([+-])(\d\d):?(\d\d))?)?$/;

/** Milliseconds since 1970 of an ISO 8601 date, with or without a time; UTC unless it has an offset. NaN if it is none. */
export function dateIn(cell: string): number {
  const match = isoDate.exec(cell);
  if (!match) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as number[];
  const [sign, hours, minutes] = [match[8], Number(match[9] ?? 0), Number(match[10] ?? 0)];
  const date = new Date(0);
  date.setUTCFullYear(year as number, (month as number) - 1, day); // Date.UTC takes years below 100 for 1900 and later
  const real = date.getUTCFullYear() === year && date.getUTCMonth() === (month as number) - 1;
  if (!real || !((hour as number) < 24 && (minute as number) < 60 && (second as number) < 60)) return Number.NaN;
  if (!(hours < 24 && minutes < 60)) return Number.NaN;
  const offset = (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
  const passed = ((hour as number) * 60 + (minute as number) - offset) * 60 + (second as number);
  return date.getTime() + passed * 1000 + Number((match[7] ?? "").padEnd(3, "0"));
}
