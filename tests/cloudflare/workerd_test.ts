import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Workerd } from "../../examples/edge/workerd.ts";
import { Connection } from "../../bench/edge/connection.ts";
import { load } from "./load.ts";
import type { Counts } from "./workers/serial_model.ts";

const reason = Workerd.whyNot();
if (reason) console.log(`SKIPPED: ${reason}`);

/** The first date on which promises go on in the request that made them. */
const FIRST_DATE = "2024-10-14";
const LATEST_DATE = "2026-11-01";

/** From that many on, batches are large. */
const MANY_CLIENTS = 64;
const LEAVE_EVERY = 7;

const options = { skip: reason ?? false };
/** Bun gives up after five seconds otherwise, and always in before(). */
const long = { timeout: 60_000 };

describe("On workerd", options, () => {
  let workerd: Workerd;
  const batches = { entry: entryOf("batches"), objects: { OBJECT: "Doubler" } };

  it("Starts", long, async () => {
    workerd = await Workerd.start([
      { ...batches, date: LATEST_DATE },
      { ...batches, date: FIRST_DATE },
    ]);
  });
  after(() => workerd.stop());

  const portOf = (date: string) => workerd.ports[date === LATEST_DATE ? 0 : 1]!;

  /** Asks once, on a connection of its own. */
  async function ask(path: string, date = LATEST_DATE): Promise<unknown> {
    const connection = await Connection.open(portOf(date));
    const text = await connection.get(path);
    connection.tear();
    return text.startsWith("HTTP") ? text : JSON.parse(text);
  }

  for (const way of ["isolate", "object"] as const) {
    for (const connections of [8, 64, 256]) {
      it(
        `4,000 requests of ${connections} clients that share batches by the ${way} are all answered`,
        long,
        async () => {
          await ask("/report");
          const outcome = await load({
            port: portOf(LATEST_DATE),
            path: `/${way}`,
            connections,
            requests: 4000,
          });
          assert.deepEqual(outcome, { answered: 4000, left: 0, wrong: [] });
          const report = await ask("/report") as Record<string, Counts>;
          const { items, batches, largest } = report[way]!;
          assert.equal(items, 4000);
          assert.ok(largest <= 64);
          const least = connections < MANY_CLIENTS ? 1 : 8;
          assert.ok(items / batches >= least, `${items} in ${batches} batches`);
        },
      );
    }

    it(
      `Clients who leave the ${way} before and during their batch harm nobody else`,
      long,
      async () => {
        for (const date of [LATEST_DATE, FIRST_DATE]) {
          const outcome = await load({
            port: portOf(date),
            path: `/${way}`,
            connections: MANY_CLIENTS,
            requests: 1400,
            leavesAfterMs: (x) =>
              x % LEAVE_EVERY === 0 ? (x / LEAVE_EVERY) % 12 : undefined,
          });
          assert.deepEqual(outcome, { answered: 1200, left: 200, wrong: [] });
        }
        assert.equal(await ask(`/${way}?x=21`), 42, "afterwards");
      },
    );
  }

  it(
    "The first caller of a batch may leave, before it and during it",
    long,
    async () => {
      for (const date of [LATEST_DATE, FIRST_DATE]) {
        for (const leavesAfterMs of [5, 30]) {
          const [first, second] = await Promise.all(
            [1, 2].map(() => Connection.open(portOf(date))),
          );
          first!.get("/slowly?x=1").catch(() => {});
          await wait(3);
          const answer = second!.get("/slowly?x=2");
          await wait(leavesAfterMs - 3);
          first!.tear();
          assert.equal(await answer, "4");
          second!.tear();
          assert.equal(await ask("/slowly?x=3", date), 6);
        }
      }
    },
  );

  it(
    "A request may answer before its call: the call is worked on all the same",
    long,
    async () => {
      assert.equal(await ask("/unawaited?x=1"), null);
      assert.equal(await ask("/pending"), 1);
      while (await ask("/pending") !== 0);
    },
  );

  it(
    "Callers go on in their own request, and can use its timers",
    long,
    async () => {
      const answers = [1, 2, 3, 4].map((x) => ask(`/timers?x=${x}`));
      assert.deepEqual(await Promise.all(answers), [2, 4, 6, 8]);
    },
  );

  it(
    "They do so when the code that makes their promises has become hot, and was compiled",
    long,
    async () => {
      assert.equal(await ask("/hot"), "hot");
      const answers = [1, 2, 3, 4].map((x) => ask(`/timers?x=${x}`));
      assert.deepEqual(await Promise.all(answers), [2, 4, 6, 8]);
    },
  );

  it(
    "Requests can wait for room, for a flush and for the end",
    long,
    async () => {
      const rooms = [1, 2, 3, 4, 5, 6].map((x) => ask(`/ready?x=${x}`));
      assert.deepEqual(await Promise.all(rooms), [2, 4, 6, 8, 10, 12]);
      const flushed = [1, 2, 3].map((x) => ask(`/flush?x=${x}`));
      assert.deepEqual(await Promise.all(flushed), [2, 4, 6]);
      const ends = [1, 2, 3].map(() => ask("/close"));
      assert.deepEqual(await Promise.all(ends), Array(3).fill("closed"));
    },
  );

  it(
    "A Durable Object of any date needs no host, and answers errors with their class",
    long,
    async () => {
      for (const date of [LATEST_DATE, FIRST_DATE]) {
        assert.equal(await ask("/object/soon?x=21", date), 42);
        assert.deepEqual(await ask("/object/full", date), [
          "BATCHED_QUEUE_FULL",
          true,
        ]);
      }
    },
  );

  it("Nothing is said, as all of that is as it should be", () => {
    assert.doesNotMatch(workerd.output, /Batched/);
  });
});

describe("The default host on workerd", options, () => {
  /** What a worker has said after some requests. */
  async function said(module: string): Promise<string> {
    const workerd = await Workerd.start([
      { entry: entryOf(module), date: LATEST_DATE },
    ]);
    for (let i = 0; i < 6; i++) {
      const connection = await Connection.open(workerd.ports[0]!);
      await connection.get("/").catch(() => {});
      connection.tear();
    }
    await workerd.stop();
    return workerd.output;
  }

  for (const module of ["shared_from_start", "shared_lazily"]) {
    it(
      `Says once how it is done right when requests share it: ${module}`,
      long,
      async () => {
        const output = await said(module);
        assert.equal(output.split("Batched:").length - 1, 1, output);
        assert.match(output, /workersHost\(waitUntil\).*Durable Object/);
      },
    );
  }

  it("Says nothing when each request has its own batcher", long, async () => {
    assert.doesNotMatch(await said("of_a_request"), /Batched:/);
  });
});

function entryOf(module: string): string {
  return fileURLToPath(new URL(`./workers/${module}.ts`, import.meta.url));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
