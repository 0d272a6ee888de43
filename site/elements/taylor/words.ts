// The figure of Taylor polynomials in words. Every number comes from the state or the library's derivatives.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import type { Expansion } from "./expansion.ts";

type Text = (key: string, values?: Fill) => string;

/** Table of the orders: derivative, value of the polynomial at the probe, error. */
export function orderTable({ derivatives, approximations, errors, to }: Expansion, text: Text): HTMLTableElement {
  const heads = ["order", "derivative", "value", "error"];
  const columns = heads.map((key) => ({ head: text(`table.${key}`), isNumber: true }));
  const rows = derivatives.map((derivative, k) => [
    String(k),
    format(derivative, 5),
    format(approximations[k] as number, 5),
    format(errors[k] as number),
  ]);
  return tableOf(text("table.caption", { to: format(to) }), columns, rows);
}

/** Words for where the series converges, and whether the probe lies there. */
function convergence({ a, to, radius }: Expansion, text: Text): string {
  if (Number.isNaN(radius)) return text("says.unknown");
  if (radius === Number.POSITIVE_INFINITY) return text("says.everywhere");
  const place = { radius: format(radius), from: format(a - radius), until: format(a + radius), to: format(to) };
  const distance = Math.abs(to - a);
  return text(distance < radius ? "says.inside" : distance > radius ? "says.outside" : "says.border", place);
}

/** Words for the step of the quadratic model. */
function newtonWords({ derivatives, newtonStep }: Expansion, text: Text): string {
  const [, , curvature] = derivatives as [number, number, number];
  if (!Number.isFinite(newtonStep.x)) return text("says.flat");
  const values = { curvature: format(curvature), x: format(newtonStep.x), value: format(newtonStep.value, 4) };
  return text(curvature > 0 ? "says.down" : "says.up", values);
}

export function sentences(expansion: Expansion, { order, rate }: State, text: Text): string[] {
  const { a, to, value, derivatives, approximations, errors, slopeStep } = expansion;
  return [
    text("says.order", {
      ...{ a: format(a), to: format(to), order, value: format(value, 4) },
      ...{ approximation: format(approximations[order] as number, 4), error: format(errors[order] as number) },
    }),
    convergence(expansion, text),
    text("says.slope", {
      ...{ slope: format(derivatives[1] as number), rate: format(rate) },
      ...{ x: format(slopeStep.x), value: format(slopeStep.value, 4) },
    }),
    newtonWords(expansion, text),
  ];
}
