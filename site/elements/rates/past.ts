// Rates that networks had before the present ones, for rates that are changed on the way: "B:300:-0.3,B:400:-1" is network B with
// a rate of 10^-0.3 until step 300 and 10^-1 until step 400. They stand in the address, so that a run can be made again.

import type { State } from "./controls.ts";

/** The rate of a network until a step. */
interface Piece {
  readonly network: string;
  readonly until: number;
  readonly exponent: number;
}

function piecesOf(text: string): Piece[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const [network = "", until = "", exponent = ""] = part.split(":");
    return { network, until: Number(until || Number.NaN), exponent: Number(exponent || Number.NaN) };
  });
}

const isPiece = ({ network, until, exponent }: Piece): boolean =>
  /^[A-D]$/.test(network) && Number.isInteger(until) && until > 0 && exponent >= -5 && exponent <= 1;

/** Null if a text has the form above. */
export function pastFault(text: string): { key: string; values: Record<string, string> } | null {
  return piecesOf(text).every(isPiece) ? null : { key: "past.fault", values: {} };
}

/** Logarithms of the rates of a network and the steps until which they hold, ascending; the last until the end. */
export function exponentsOf(name: string, { past, rates, steps }: State): { until: number; exponent: number }[] {
  const own = piecesOf(past)
    .filter(({ network, until }) => network === name && until < steps)
    .sort((a, b) => a.until - b.until);
  return [...own, { until: steps, exponent: rates[name as keyof typeof rates] as number }];
}

/** Steps between two changes: a slider that is dragged while the run plays changes the rate often. */
const apart = 10;

/** The past with what the rates were until a step, for those that have changed; they change at a multiple of ten. */
export function pastWith(past: string, before: State["rates"], after: State["rates"], at: number): string {
  const until = Math.ceil(Math.max(at, 1) / apart) * apart;
  const pieces = piecesOf(past);
  for (const [network, exponent] of Object.entries(before)) {
    const isKnown = pieces.some((piece) => piece.network === network && piece.until >= until);
    if (after[network as keyof typeof after] !== exponent && !isKnown) pieces.push({ network, until, exponent });
  }
  return pieces.map((piece) => `${piece.network}:${piece.until}:${Number(piece.exponent.toPrecision(10))}`).join(",");
}
