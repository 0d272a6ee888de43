// What console.log shows of the objects of this library: a line, where the host asks for one as Node, Deno and Bun do.

const inspect = /* @__PURE__ */ Symbol.for("nodejs.util.inspect.custom");

/** The object, of which `line` is what is shown; nothing that goes through its keys sees a difference. */
export function shownAs<T extends object>(object: T, line: (this: T) => string): T {
  return Object.defineProperty(object, inspect, { value: line });
}

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

function arrayLine(this: { readonly data: Numbers; readonly shape: readonly number[] }): string {
  const { data, shape } = this;
  const numbers = Array.from(data.subarray(0, 6), (value) => Number(value.toPrecision(6)));
  const more = data.length > 6 ? ", …" : "";
  return `{ data: ${data.constructor.name}(${data.length}) [${numbers.join(", ")}${more}], shape: [${shape.join(", ")}] }`;
}

/**
 * An array as results are, of which no more than the first numbers are shown. It takes half a microsecond, which those of
 * compiled functions do not spend.
 */
export function arrayOf<D extends Numbers>(data: D, shape: readonly number[]) {
  return shownAs({ data, shape }, arrayLine);
}
