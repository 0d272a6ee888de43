// A policy gradient on a small game: a ball falls, and a paddle below moves left, stays or moves right. REINFORCE raises the
// probability of moves whose outcome was better than a critic expected. Actor and critic train the same features.

import { adam, createTrainers, type Engine, linear, meanSquaredError, relu, sequential, type Trainer } from "thalweg";
import { print, program } from "./course/program.js";

const [width, height, games] = [7, 6, 32];

/** Whole numbers below `count` by Park and Miller's generator, in whole-number arithmetic alone. */
export function dice(seed: number): (count: number) => number {
  let state = seed;
  return (count) => {
    state = (16807 * state) % 2147483647;
    return Math.floor((state / 2147483647) * count);
  };
}

/** Columns of ball and paddle as indicators, and the rows that the ball has left to fall. */
const seen = (ball: number, paddle: number, left: number): number[] => [
  ...Array.from({ length: width }, (_, k) => Number(k === ball)),
  ...Array.from({ length: width }, (_, k) => Number(k === paddle)),
  left / height,
];

export function createPlayer(engine: Engine, seed = 1) {
  return createTrainers(engine, {
    layers: {
      features: sequential([linear(2 * width + 1, 32), relu()]),
      policy: linear(32, 3),
      value: linear(32, 1),
    },
    trainers: {
      actor: {
        trains: ["features", "policy"],
        apply: ({ features, policy }, state) => policy(features(state)).softmax(),
        // The advantage stands in the column of the move: the loss is the mean of −A log π(move), and less for the entropy
        // −Σ π log π, which keeps the actor trying.
        loss: (_, chances, advantages) =>
          advantages.subtract(chances.multiply(0.1)).multiply(chances.log()).sum({ axes: 1 }).mean().negate(),
        optimizer: adam({ learningRate: 0.01 }),
      },
      critic: {
        trains: ["features", "value"],
        apply: ({ features, value }, state) => value(features(state)),
        loss: meanSquaredError(),
        optimizer: adam({ learningRate: 0.01 }),
      },
    },
    seed,
  });
}

/** Plays games side by side; returns the states, the moves, and 1 or −1 for each, as its game ended. */
export function play(actor: Trainer, random: (count: number) => number) {
  const balls = Array.from({ length: games }, () => random(width));
  const paddles = balls.map(() => width >> 1);
  const states: number[][] = [];
  const moves: number[] = [];
  for (let left = height - 1; left > 0; left--) {
    const now = balls.map((ball, k) => seen(ball, paddles[k] as number, left));
    const { data } = actor.predict(now);
    for (const k of balls.keys()) {
      const drawn = random(1e6) / 1e6;
      const move = drawn < (data[3 * k] as number) ? 0 : drawn < 1 - (data[3 * k + 2] as number) ? 1 : 2;
      moves.push(move);
      paddles[k] = Math.min(Math.max((paddles[k] as number) + move - 1, 0), width - 1);
    }
    states.push(...now);
  }
  const ends = balls.map((ball, k) => (ball === paddles[k] ? 1 : -1));
  return {
    states,
    moves,
    outcomes: moves.map((_, k) => ends[k % games] as number),
    caught: ends.filter((end) => end > 0).length,
  };
}

/** Trains for a number of rounds of 32 games; returns the share of balls that were caught in each round. */
export function learn(engine: Engine, rounds: number, seed = 1): number[] {
  const player = createPlayer(engine, seed);
  const { actor, critic } = player.trainers;
  const random = dice(seed);
  const shares = Array.from({ length: rounds }, () => {
    const { states, moves, outcomes, caught } = play(actor, random);
    const { data: expected } = critic.predict(states);
    const advantages = moves.map((move, k) => [0, 1, 2].map((m) => (m === move ? outcomes[k]! - expected[k]! : 0)));
    critic.step({ inputs: states, targets: outcomes.map((outcome) => [outcome]) });
    actor.step({ inputs: states, targets: advantages });
    return caught / games;
  });
  player.free();
  return shares;
}

await program(import.meta.url, (engine) => {
  print("rounds", "caught");
  const shares = learn(engine, 300);
  for (let k = 0; k < shares.length; k += 60)
    print(
      `${k + 1} to ${k + 60}`,
      shares.slice(k, k + 60).reduce((sum, share) => sum + share / 60, 0),
    );
});
