// The signals in words: a table of three layers, and sentences about all. Every number comes from the computation.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { factorOf, type State } from "./controls.ts";
import { activations } from "./layer.ts";
import type { Signal, Signals } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

const percent = (share: number): string => `${format(100 * share, 3)} %`;

/** First, middle and last layer. */
const layersShown = (depth: number): number[] => [...new Set([0, Math.floor((depth - 1) / 2), depth - 1])];

export function signalTable({ forward, backward }: Signals, state: State, text: Text): HTMLTableElement {
  const isRelu = state.activation === "relu";
  const last = isRelu ? "dead" : activations[state.activation]?.limits ? "saturated" : null;
  const names = ["layer", "forward", "backward", "different", ...(last ? [last] : [])];
  const columns = names.map((name) => ({ head: text(`table.${name}`), isNumber: name !== "layer" }));
  const rows = layersShown(state.depth).map((k) => {
    const [values, gradients] = [forward[k] as Signal, backward[k] as Signal];
    const cells = [String(k + 1), format(values.variance), format(gradients.variance)];
    const different = text("table.units", { different: values.different, width: state.width });
    return [...cells, different, ...(last ? [percent(values[last as "dead" | "saturated"])] : [])];
  });
  return tableOf(text("table.caption", { depth: state.depth, width: state.width }), columns, rows);
}

/** Factor by which the variance grows from one layer to the next, as the geometric mean. */
export function factorPerLayer(signals: readonly Signal[]): number {
  const [first, last] = [signals[0] as Signal, signals.at(-1) as Signal];
  return (last.variance / first.variance) ** (1 / (signals.length - 1));
}

/** Sentence about one direction; backward from the last layer to the first. */
function directionWords(name: "forward" | "backward", signals: readonly Signal[], text: Text): string {
  const [first, last] = [signals[0] as Signal, signals.at(-1) as Signal];
  if (signals.length === 1) return text(`says.${name}.one`, { first: format(first.variance) });
  if (!(last.variance > 0)) return text(`says.${name}.zero`);
  const factor = format(factorPerLayer(signals));
  const total = last.variance / first.variance;
  const fate = total < 0.01 ? "dies" : total > 100 ? "explodes" : "stays";
  const values = { first: format(first.variance), last: format(last.variance), factor, depth: signals.length };
  return `${text(`says.${name}`, values)}${text(`says.${fate}`)}`;
}

export function signalSentences({ forward, backward, weightVariance }: Signals, state: State, text: Text): string[] {
  const sentences = [directionWords("forward", forward, text), directionWords("backward", backward.toReversed(), text)];
  const keeps = activations[state.activation]?.keeps;
  const isEqual = state.depth > 1 && forward.at(-1)?.different === 1 && backward[0]?.different === 1;
  if (state.start === "equal" && isEqual) sentences.push(text("says.equal"));
  else if (state.start !== "zeros" && state.norm)
    sentences.push(text("says.norm", { product: format(state.width * weightVariance) }));
  else if (state.start !== "zeros" && keeps !== undefined) {
    const { width } = state;
    const product = width * weightVariance;
    const values = { product: format(product), rule: format(product * keeps), keeps: format(keeps, 2) };
    sentences.push(
      text(keeps === 1 ? "says.rule" : "says.rule.part", { ...values, width, scale: factorOf(state.scale) }),
    );
  }
  return sentences;
}
