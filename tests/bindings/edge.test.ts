// The Worker of examples/edge where requests overlap: whatever their order of arrival, no user's events reach another's
// model. tests/hosts/edge.js has the rest, in workerd.

import { expect, it, vi } from "vitest";
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

const event = JSON.stringify({ features: [1, 2, 3, 4, 5, 6, 7, 8], label: true });
const post = (body: unknown, headers = {}): Request =>
  new Request("http://edge/users/ada/events", { method: "POST", body, headers, duplex: "half" } as RequestInit);

it("of a body that is too long no more is read than may be", async () => {
  let read = 0;
  const endless = () =>
    new ReadableStream({
      pull(controller) {
        read += 1000;
        controller.enqueue(new Uint8Array(1000).fill(32));
      },
    });
  for (const headers of [{}, { "Content-Length": "200000000" }]) {
    const response = await worker.fetch(post(endless(), headers));
    expect([response.status, await response.json()]).toEqual([413, { error: "The body has more than 4096 bytes." }]);
  }
  expect(read).toBeLessThan(10_000);
  // Letters of several bytes that are cut in two.
  const bytes = new TextEncoder().encode(event.replace("{", '{"note":"üüü",'));
  const cut = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect((await worker.fetch(post(cut))).status).toBe(200);
});

it("an engine that did not start is made again", async () => {
  vi.resetModules();
  const instantiate = vi.spyOn(WebAssembly, "instantiate").mockRejectedValueOnce(new Error("out of memory"));
  const { default: fresh } = await import("../../examples/edge/worker.js");
  const statuses = [];
  for (let k = 0; k < 3; k++) statuses.push((await fresh.fetch(post(event))).status);
  instantiate.mockRestore();
  expect(statuses).toEqual([500, 200, 200]);
});
