import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Standstill } from "../../bench/load/standstill.ts";
import { Command, onTakenPort } from "./command.ts";
import { Crowd } from "./crowd.ts";

// Starting a runtime and a model takes a second, on a busy machine many more.
const timeout = 120_000;

const CALLERS = 64;

/** Stops a service that is under load. What callers saw is unclear where they stood still meanwhile. */
async function stoppedUnderLoad(signal: "SIGTERM" | "SIGINT") {
  const command = new Command("serve.ts", ["--port", "0"]);
  const standstill = new Standstill();
  let stoppedAt = 0;
  let answers = 0;
  const crowd = new Crowd(await command.port(), () => {
    if (++answers < 2000) return;
    crowd.isStopping = true;
    stoppedAt = performance.now();
    command.signal(signal);
  });
  await Promise.all(Array.from({ length: CALLERS }, () => crowd.call()));
  const stoodStill = standstill.since(stoppedAt);
  standstill.end();
  assert.equal(await command.ended, 0);
  const isGood = crowd.lost.length === 0 && hasAnsweredAll(crowd);
  return { command, crowd, isUnclear: stoodStill && !isGood };
}

/** All but the one that had its answer just now were waiting for theirs. */
function hasAnsweredAll({ answersAfter }: Crowd): boolean {
  return answersAfter >= CALLERS - 1;
}

describe("serve.ts", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(
      `answers under load all it was asked before ${signal}, and exits with 0`,
      { timeout },
      async () => {
        let seen = await stoppedUnderLoad(signal);
        for (let tries = 1; tries < 5 && seen.isUnclear; tries++) {
          seen = await stoppedUnderLoad(signal);
        }
        const { command, crowd } = seen;
        assert.deepEqual(crowd.lost, []);
        assert.equal(crowd.refused, CALLERS);
        assert(hasAnsweredAll(crowd), `${crowd.answersAfter} came after it`);
        assert.equal(command.errors, "");
      },
    );
  }

  it(
    "says in one line that the port is taken, and exits with 1",
    { timeout },
    async () => {
      await onTakenPort(async (port) => {
        const command = new Command("serve.ts", ["--port", String(port)]);
        assert.equal(await command.ended, 1);
        assert.equal(command.output, "");
        assert.match(command.errors, /^error: [^\n]*port is taken[^\n]*\n$/);
      });
    },
  );

  const wrong = [
    "--prot 8000",
    "--port http",
    "--port 70000",
    "--once",
    "8000",
  ];
  for (const line of wrong) {
    it(`says in one line what is wrong with ${line}, and exits with 1`, {
      timeout,
    }, async () => {
      const command = new Command("serve.ts", line.split(" "));
      assert.equal(await command.ended, 1);
      assert.match(command.errors, /^error: [^\n]+\n$/);
    });
  }
});
