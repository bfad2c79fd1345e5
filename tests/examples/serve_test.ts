import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Command, onTakenPort } from "./command.ts";
import { Crowd } from "./crowd.ts";

// Starting a runtime and a model takes a second, on a busy machine many more.
const timeout = 120_000;

describe("serve.ts", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(
      `answers under load all it was asked before ${signal}, and exits with 0`,
      { timeout },
      async () => {
        const command = new Command("serve.ts", ["--port", "0"]);
        let answers = 0;
        const crowd = new Crowd(await command.port(), () => {
          if (++answers < 2000) return;
          crowd.isStopping = true;
          command.signal(signal);
        });
        await Promise.all(Array.from({ length: 64 }, () => crowd.call()));
        assert.equal(await command.ended, 0);
        assert.deepEqual(crowd.lost, []);
        assert.equal(crowd.refused, 64);
        // All but the one that had its answer just now were waiting for theirs.
        assert(crowd.answersAfter >= 63, `${crowd.answersAfter} came after it`);
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
