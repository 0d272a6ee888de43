/**
 * A Worker for the edge that learns while it serves: every user has a small model of their own, trained on each labelled
 * event within the request that brings it. A model is a checkpoint of a few kilobytes between requests; here a Map keeps
 * them, in production a Durable Object or any store of bytes does.
 *
 *     POST   /users/NAME/events     { "features": [..8 numbers], "label": true }   → { "updates", "loss" }
 *     POST   /users/NAME/predict    { "features": [..8 numbers] }                  → { "probability", "updates" }
 *     GET    /users/NAME/model      the checkpoint, a safetensors file
 *     DELETE /users/NAME            forgets everything
 */

import {
  adam,
  binaryCrossEntropyWithLogits,
  createEngine,
  createTrainer,
  linear,
  sequential,
  type Trainer,
  tanh,
} from "thalweg";
import { BadRequest, type Event, parseEvent, userOf, WIDTH } from "./requests.js";

/** Updates on each event: its label is worth more than one step of Adam. */
const STEPS = 5;
const MOST_USERS = 1000;

const models = new Map<string, Uint8Array>();
/** One trainer serves everybody: it takes up a user's checkpoint, works, and saves it. */
let trainer: Promise<Trainer> | null = null;
let fresh: Uint8Array = new Uint8Array(0);

async function createShared(): Promise<Trainer> {
  const made = createTrainer(await createEngine({ memoryLimit: 32 * 2 ** 20 }), {
    model: sequential([linear(WIDTH, 16), tanh(), linear(16, 1)]),
    loss: binaryCrossEntropyWithLogits(),
    optimizer: adam({ learningRate: 0.02 }),
    seed: 1,
  });
  fresh = made.save();
  return made;
}

/** The shared trainer, whosever model is in it. */
function sharedTrainer(): Promise<Trainer> {
  trainer ??= createShared();
  return trainer;
}

/** Loads this user's model into the trainer. It stays there until the next await, so do not await before the response. */
function takeUp(shared: Trainer, user: string): void {
  shared.restore(models.get(user) ?? fresh);
}

function learn(shared: Trainer, user: string, { features, label }: Event) {
  takeUp(shared, user);
  if (!models.has(user) && models.size >= MOST_USERS)
    throw new BadRequest(507, `There is room for ${MOST_USERS} users.`);
  let loss = 0;
  for (let step = 0; step < STEPS; step++) ({ loss } = shared.step({ inputs: [features], targets: [[label ? 1 : 0]] }));
  models.set(user, shared.save());
  return { updates: shared.steps, loss };
}

function predict(shared: Trainer, user: string, { features }: Event) {
  takeUp(shared, user);
  const logit = shared.predict([features]).data[0] as number;
  return { probability: 1 / (1 + Math.exp(-logit)), updates: shared.steps };
}

async function respond(request: Request): Promise<Response> {
  const { user, action } = userOf(new URL(request.url).pathname);
  switch (`${request.method} ${action}`) {
    case "POST events": {
      const event = await parseEvent(request, true);
      return Response.json(learn(await sharedTrainer(), user, event));
    }
    case "POST predict": {
      const event = await parseEvent(request, false);
      return Response.json(predict(await sharedTrainer(), user, event));
    }
    case "GET model": {
      const model = models.get(user);
      if (!model) throw new BadRequest(404, `There are no events of "${user}" yet. POST an event first.`);
      return new Response(model as Uint8Array<ArrayBuffer>, {
        headers: { "Content-Type": "application/octet-stream" },
      });
    }
    case "DELETE ":
      models.delete(user);
      return new Response(null, { status: 204 });
    default:
      throw new BadRequest(405, "POST events or predict, GET model, or DELETE the user.");
  }
}

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      return await respond(request);
    } catch (error) {
      if (error instanceof BadRequest) return Response.json({ error: error.message }, { status: error.status });
      // A trainer that failed may not work again, nor an engine that did not start: the next request makes another.
      trainer = null;
      return Response.json({ error: "The model failed; nothing was learnt." }, { status: 500 });
    }
  },
};
