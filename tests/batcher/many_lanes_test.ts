import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "./held_handler.ts";
import { randomFrom } from "./random_numbers.ts";
import { watched } from "./watched.ts";

interface Request {
  readonly tenant: number;
  readonly n: number;
}

/** One slot, batches of 10, a lane for each tenant. */
function shared() {
  const host = new VirtualHost();
  const handler = heldHandler((request: Request) => request);
  const lane = ({ tenant }: Request) => tenant;
  const batcher = new Batcher(handler, { host, size: 10, lane });
  const run = (tenant: number, n = 0) => watched(batcher.run({ tenant, n }));
  /** Ends the batch that runs; one batch takes 1 ms. */
  const step = async () => {
    await host.advance(1);
    handler.at(handler.batches.length - 1).finish();
    await host.advance();
  };
  const tenants = () => handler.items.map(([first]) => first!.tenant);
  return { host, handler, batcher, run, step, tenants };
}

describe("R7: one tenant with 10,000 waiting calls and four light ones", () => {
  it("Each light call leaves after a few batches, and again and again", async () => {
    const { host, run, step, tenants } = shared();
    for (let n = 0; n < 10_000; n++) run(0, n);
    await host.advance();
    const waits: number[] = [];
    for (let round = 0; round < 20; round++) {
      const light = [1, 2, 3, 4].map((tenant) => run(tenant));
      for (let batch = 1; light.length > 0; batch++) {
        await step();
        const before = light.length;
        while (light[0]?.state === "fulfilled") light.shift();
        waits.push(...Array(before - light.length).fill(batch));
        assert.ok(
          batch <= 2 * 5 + 5,
          `a light call waits for ${batch} batches`,
        );
      }
    }
    assert.equal(waits.length, 80);
    const heavy = tenants().filter((tenant) => tenant === 0);
    assert.ok(heavy.length >= 60, `${heavy.length} batches of the heavy one`);
  });

  it("The calls of the heavy one leave in order", async () => {
    const { host, handler, run, step } = shared();
    for (let n = 0; n < 300; n++) run(0, n);
    for (let n = 0; n < 20; n++) run(1 + n % 4, n);
    await host.advance();
    for (let i = 0; i < 50; i++) if (handler.batches.length <= 40) await step();
    for (const tenant of [0, 1, 2, 3, 4]) {
      const order = handler.items.flat()
        .filter((request) => request.tenant === tenant)
        .map(({ n }) => n);
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
    }
  });
});

describe("R7: 64 tenants by Zipf", () => {
  it("All are answered, none waits past the others for ever", async () => {
    const { host, batcher, handler, run, step } = shared();
    const waits: number[] = [];
    const random = randomFrom(7);
    const shares = Array.from({ length: 64 }, (_, i) => 1 / (i + 1));
    const total = shares.reduce((a, b) => a + b);
    const tenant = () => {
      let at = random(1e6) / 1e6 * total;
      return Math.max(0, shares.findIndex((share) => (at -= share) < 0));
    };
    const calls = Array.from({ length: 20 }, () => run(tenant()));
    let [light, since] = [run(64), 0];
    await host.advance();
    for (let round = 0; round < 300; round++) {
      for (let i = 0; i < 8; i++) calls.push(run(tenant(), round));
      // One that is so light that its calls never wait for each other.
      if (light.state !== "pending") {
        waits.push(host.now() - since);
        [light, since] = [run(64), host.now()];
      }
      await step();
    }
    while (batcher.pending > 0) await step();
    assert.ok(calls.every(({ state }) => state === "fulfilled"));
    const served = new Set(handler.items.map(([first]) => first!.tenant));
    assert.equal(served.size, 65);
    const longest = Math.max(...waits);
    assert.ok(waits.length > 1 && longest <= 2 * 65, `${longest} batches`);
  });
});
