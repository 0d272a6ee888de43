import type { Engine } from "../engine/engine.js";
import type { AnyTrainer } from "../training/trainer.js";
import type { NDArray } from "../values/arrays.js";
import { TraceError } from "../values/errors.js";
import { shownAs } from "../values/lines.js";

/** A model that predicts, made by `loadModel`. */
export class LoadedModel<Inputs = unknown, Outputs = unknown> {
  /** Engine that it belongs to. */
  readonly engine: Engine;
  /** Name of the model. */
  readonly name: string;
  /** Type of parameters and arithmetic. */
  readonly dtype: "f32" | "f64";
  /** Shapes of the parameters by name. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Names of the outputs, if it was trained with `heads`; else empty. */
  readonly heads: readonly string[];
  /** Texts that `withMetadata` put into the file, such as a coding of tables, a tokenizer, or names of classes. */
  readonly metadata: Readonly<Record<string, string>>;
  /** @internal */
  readonly trainer: AnyTrainer;

  /** @internal */
  constructor(trainer: AnyTrainer, heads: readonly string[], metadata: Readonly<Record<string, string>>) {
    const { engine, options, memory } = trainer;
    this.trainer = trainer;
    this.engine = engine;
    this.name = options.model.name;
    this.dtype = options.dtype;
    this.shapes = Object.fromEntries(memory.layout.parameters.map(({ name, shape }) => [name, shape]));
    this.heads = heads;
    this.metadata = metadata;
    shownAs(this, () => `LoadedModel { ${this.name}${trainer.lock.state === "freed" ? "; freed" : ""} }`);
  }

  get #live(): AnyTrainer {
    if (this.trainer.lock.state === "freed") throw new TraceError("model: used after it was freed. Load it again.");
    return this.trainer;
  }

  /**
   * Returns the model's output for inputs [samples, ...] as { data, shape } with the same first axis; several outputs by
   * name. A row does not depend on the other rows.
   * @param inputs  [samples, ...], or several by name
   * @throws ShapeError  the inputs do not fit the model
   * @throws TraceError  the model was freed
   */
  predict(inputs: Inputs): Outputs {
    return this.#live.predict(inputs as never) as Outputs;
  }

  /**
   * Returns label and probabilities of one sample, given without the batch axis, for a model whose outputs are logits.
   * @param input  one sample [...], or several arrays by name
   * @throws ShapeError  the sample does not fit the model
   * @throws TraceError  the model was freed
   */
  classify(input: Inputs): { label: number; probabilities: number[] } {
    return this.#live.classify(input as never);
  }

  /** Returns copies of the parameters by name. */
  parameters(): Record<string, NDArray> {
    return this.#live.parameters();
  }

  /** Returns copies of the running state by name. */
  state(): Record<string, NDArray> {
    return this.#live.state();
  }

  /** Frees all memory; further calls do nothing. */
  free(): void {
    this.trainer.free();
  }

  /** Calls `free`. */
  [Symbol.dispose](): void {
    this.free();
  }
}
