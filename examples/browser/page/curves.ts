/** Curves of a training for the charts, each value against seconds of training. */

export type Curve = [x: number[], y: number[]];

export interface Curves {
  /** Loss over the training batches. */
  loss: Curve;
  /** Loss over the test digits, after every pass. */
  testLoss: Curve;
  /** Test accuracy after every epoch. */
  accuracy: Curve;
}

export const emptyCurves = (): Curves => ({ loss: [[], []], testLoss: [[], []], accuracy: [[], []] });
