// A recurrent network learns a text character by character with SGD, RMSprop and Adam, from the same start and with the same
// order of the data: bits per character by epoch, and a text that the network of Adam writes.

import {
  adam,
  clipGlobalNorm,
  compile,
  createTrainer,
  type Engine,
  embedding,
  type Layer,
  linear,
  type NamedArrays,
  type NDArray,
  rmsprop,
  rnn,
  scan,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  uniformInitializer,
} from "thalweg";
import { characterTokenizer, tokenWindows } from "thalweg/text";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";
import { river } from "./course/river.js";

const tokenizer = characterTokenizer([river]);
const { vocabulary } = tokenizer;
const [units, parts, epochs] = [96, 16, 40];

/** Optimizers, each with the rate of four or five that leaves the fewest bits after 40 epochs, as a mean over three seeds. */
export const optimizers = {
  SGD: sgd({ learningRate: 1.5 }),
  RMSprop: rmsprop({ learningRate: 0.005 }),
  Adam: adam({ learningRate: 0.01 }),
};

/** Trains on windows of 16 parts of the text; returns the mean bits per character of every epoch. The caller frees the trainer. */
export async function learnText(engine: Engine, name: keyof typeof optimizers, seed = 1) {
  const read = rnn(vocabulary, units, { returnSequences: true, stateful: parts }) as Layer;
  const trainer = createTrainer(engine, {
    model: sequential([embedding(vocabulary, vocabulary), read, linear(units, vocabulary)]),
    loss: softmaxCrossEntropy(),
    optimizer: optimizers[name],
    gradient: [clipGlobalNorm(1)],
    seed,
  });
  const windows = tokenWindows(tokenizer.encode(river), { length: 32, streams: parts });
  const history = await trainer.fit(windows, { epochs, batchSize: parts, shuffle: false });
  return { trainer, bits: history.epochs.map(({ loss }) => loss / Math.LN2) };
}

type Weights = Record<"table" | "weight" | "recurrent" | "bias" | "head" | "headBias", Tensor>;
type Carry = Record<"h" | "last", Tensor>;

/** Writes a text: a loop that draws each character from those that the network expects, by the largest of score + Gumbel noise. */
export function writeText(engine: Engine, parameters: NamedArrays, characters: number, seed = 1): string {
  using write = compile(engine, ({ w, start, drawn }: { w: Weights; start: Carry; drawn: Tensor }) => {
    const step = ({ h, last }: Carry, uniform: Tensor) => {
      const x = last.matmul(w.table).matmul(w.weight).add(w.bias);
      const next = x.add(h.matmul(w.recurrent)).tanh();
      const noise = uniform.log().negate().log().negate();
      const token = next.matmul(w.head).add(w.headBias).add(noise).argMax();
      return { carry: { h: next, last: token.oneHot(vocabulary) }, output: token };
    };
    return scan(step, { carry: start, sequences: drawn }).output;
  });
  const [table, weight, recurrent, bias, head, headBias] = Object.values(parameters) as NDArray[];
  const zeros = (size: number): NDArray => ({ data: new Float32Array(size), shape: [1, size] });
  const uniforms = draw(engine, [characters, vocabulary], seed, uniformInitializer(1e-6, 1));
  const { data } = write({
    w: { table, weight, recurrent, bias, head, headBias } as Record<keyof Weights, NDArray>,
    start: { h: zeros(units), last: zeros(vocabulary) },
    drawn: { data: Float32Array.from(uniforms), shape: [characters, 1, vocabulary] },
  }) as NDArray;
  return tokenizer.decode(Array.from(data));
}

await program(import.meta.url, async (engine) => {
  print("optimizer", "1 epoch", "10 epochs", "20 epochs", "40 epochs");
  for (const name of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    const { trainer, bits } = await learnText(engine, name);
    print(name, ...[0, 9, 19, 39].map((k) => (bits[k] as number).toFixed(2)));
    if (name === "Adam")
      console.log(`\n${writeText(engine, trainer.parameters(), 240).replaceAll(/(.{1,78})(\s|$)/g, "$1\n")}`);
    trainer.free();
  }
});
