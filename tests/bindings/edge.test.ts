// The Worker of examples/edge where requests overlap: whatever their order of arrival, no user's events reach another's
// model. tests/hosts/edge.js has the rest, in workerd.

import { expect, it } from "vitest";
import worker from "../../examples/edge/worker.js";
import { parkMiller } from "./numbers.js";

it("requests at once answer as one after another", async () => {
  const random = parkMiller(3);
  const events = Array.from({ length: 60 }, (_, k) => ({
    user: k % 4,
    body: JSON.stringify({ features: Array.from({ length: 8 }, () => 2 * random() - 1), label: k % 3 === 0 }),
  }));
  const tell = async (user: string, body: string) => {
    const request = new Request(`http://edge/users/${user}/events`, { method: "POST", body });
    return (await worker.fetch(request)).text();
  };
  const together = await Promise.all(events.map(({ user, body }) => tell(`together${user}`, body)));
  const apart: string[] = [];
  for (const { user, body } of events) apart.push(await tell(`apart${user}`, body));
  expect(together).toEqual(apart);
  expect(JSON.parse(apart.at(-1) as string).updates).toBe(75);
});
