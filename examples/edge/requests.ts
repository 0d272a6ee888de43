/** Valid requests; all others are rejected with a message before any model is used. */

/** Features of an event. */
export const WIDTH = 8;
const MOST_BYTES = 4096;

export interface Event {
  features: number[];
  label: boolean;
}

/** A request that cannot be served, with the status that says so. */
export class BadRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** userOf: /users/NAME or /users/NAME/ACTION. */
export function userOf(path: string): { user: string; action: string } {
  const found = /^\/users\/([\w-]{1,64})(?:\/(events|predict|model))?$/.exec(path);
  if (!found) throw new BadRequest(404, "Ask for /users/NAME/events, /predict or /model; a name has 1 .. 64 letters.");
  return { user: found[1] as string, action: found[2] ?? "" };
}

/** bodyOf: the text of a body, of which no more is read than a request may have. */
async function bodyOf(request: Request): Promise<string> {
  const tooLong = new BadRequest(413, `The body has more than ${MOST_BYTES} bytes.`);
  if (Number(request.headers.get("Content-Length")) > MOST_BYTES) throw tooLong;
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    bytes += part.value.length;
    if (bytes > MOST_BYTES) {
      await reader?.cancel();
      throw tooLong;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

/** parseEvent: the body of a request. */
export async function parseEvent(request: Request, labelled: boolean): Promise<Event> {
  const body = await bodyOf(request);
  let event: Partial<Record<keyof Event, unknown>> | null;
  try {
    event = JSON.parse(body);
  } catch {
    throw new BadRequest(400, 'The body is no JSON. Send { "features": [...], "label": true }.');
  }
  const { features, label } = typeof event === "object" && event !== null ? event : {};
  if (!Array.isArray(features) || features.length !== WIDTH || !features.every((x) => Number.isFinite(x)))
    throw new BadRequest(422, `features must be ${WIDTH} finite numbers.`);
  if (features.some((x) => Math.abs(x) > 100)) throw new BadRequest(422, "features must lie within -100 .. 100.");
  if (labelled && typeof label !== "boolean") throw new BadRequest(422, "label must be true or false.");
  return { features, label: label === true };
}
