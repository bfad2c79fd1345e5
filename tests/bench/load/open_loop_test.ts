import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { OpenLoop, type Tally } from "../../../bench/load/open_loop.ts";
import { growthOf, pictureOf, sampled } from "../../../bench/load/soaking.ts";
import { Random } from "../../../bench/simulation/random.ts";
import { postRequest } from "../../../examples/predictions/load/connection.ts";

/** Loads a server until the test says that it is enough, and tells what was seen. */
async function loaded(
  listener: RequestListener,
  isEnough: () => boolean,
  { timeoutMs = 600_000, perSecond = 1000 } = {},
): Promise<Tally> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const loop = new OpenLoop({
    port: (server.address() as AddressInfo).port,
    requests: [postRequest("/", "1"), postRequest("/", "2")],
    perSecond,
    connections: 4,
    timeoutMs,
    random: new Random(1),
  });
  while (!isEnough()) await new Promise((resolve) => setTimeout(resolve, 1));
  await loop.end();
  await new Promise((resolve) => server.close(resolve));
  return loop.take();
}

describe("An open loop", { timeout: 60_000 }, () => {
  it("Counts each answer once, over no more connections than it may have", async () => {
    let requests = 0;
    const ports = new Set<number>();
    const tally = await loaded((request, response) => {
      requests++;
      ports.add(request.socket.remotePort!);
      response.end("1");
    }, () => requests > 100);
    assert.equal(tally.latencies.count, requests);
    assert.equal(tally.offered, requests);
    assert.equal(tally.failed, 0);
    assert.ok(ports.size <= 4);
  });

  it("Counts answers that are no success by their status", async () => {
    let requests = 0;
    const tally = await loaded((_, response) => {
      response.statusCode = ++requests % 2 === 0 ? 200 : 503;
      response.end("1");
    }, () => requests > 20);
    assert.equal(tally.failures.get(503), Math.ceil(requests / 2));
    assert.equal(tally.refusals.count, Math.ceil(requests / 2));
    assert.equal(tally.latencies.count, Math.floor(requests / 2));
  });

  it("Gives up what is not answered in time, and what could not even be sent", async () => {
    let requests = 0;
    let gone = 0;
    const tally = await loaded(
      (request) => {
        requests++;
        request.socket.once("close", () => gone++);
      },
      () => gone >= 8,
      // More come in each ms than four connections can take.
      { timeoutMs: 20, perSecond: 50_000 },
    );
    assert.equal(tally.latencies.count, 0);
    assert.ok(tally.failures.get(0)! > requests);
  });
});

describe("OpenLoop.rest()", { timeout: 60_000 }, () => {
  it("Sends no more until it is paced anew", async () => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      response.end("1");
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve)
    );
    const loop = new OpenLoop({
      port: (server.address() as AddressInfo).port,
      requests: [postRequest("/", "1")],
      perSecond: 0,
      connections: 4,
      timeoutMs: 600_000,
      random: new Random(1),
    });
    for (const wanted of [10, 20]) {
      loop.pace(1000);
      while (requests < wanted) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await loop.rest();
      const { offered, latencies } = loop.take();
      assert.equal(latencies.count, offered);
    }
    await loop.end();
    assert.equal(loop.take().offered, 0);
    await new Promise((resolve) => server.close(resolve));
  });
});

const nothing = { latencies: { count: 0 }, lateness: { count: 0 }, failed: 0 };
const samples = [900, 100, 150, 120].map((megabytes, at) =>
  sampled(at, 1e6 * megabytes, nothing as Tally)
);

describe("growthOf()", () => {
  it("Compares the last quarter with the second", () => {
    assert.equal(growthOf(samples), 1.2);
  });
});

describe("pictureOf()", () => {
  it("Draws memory over time", () => {
    const picture = pictureOf(samples, "4 seconds");
    assert.match(picture, /<text[^>]*>4 seconds<\/text>/);
    assert.match(
      picture,
      /class="line main" d="M(\d+(\.\d)? ?){2}(L[\d. ]+){3}"/,
    );
  });
});
