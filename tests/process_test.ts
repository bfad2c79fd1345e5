import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { patient, run } from "./process/script.ts";

describe("R20: the process", () => {
  it(
    "An idle batcher keeps no process alive, whatever it has done",
    patient,
    async () => {
      const { code, lines, complaints } = await run("idle");
      assert.equal(code, 0, complaints);
      assert.deepEqual(lines, [
        "full",
        "answered before its deadline",
        "aborted",
        "flushed",
        "closed",
        "given up",
      ]);
    },
  );

  it("A waiting call keeps it alive", patient, async () => {
    const { code, lines, complaints } = await run("waiting");
    assert.equal(code, 0, complaints);
    assert.deepEqual(lines.sort(), [
      "answered after its window",
      "closed",
      "rejected with ClosedError",
      "rejected with DeadlineError",
    ]);
  });

  it("Without AsyncLocalStorage batches run as well", patient, async () => {
    const { code, lines, complaints } = await run("browser_like");
    assert.equal(code, 0, complaints);
    assert.deepEqual(lines, ["1,2", "closed"]);
  });

  it("A batch that nobody awaits is not lost", patient, async () => {
    const { code, lines, complaints } = await run("unawaited");
    assert.equal(code, 0, complaints);
    assert.deepEqual(lines.sort(), [
      "close: 6",
      "deadline: 7",
      "flush: 5",
      "full: 3,4",
      "idle: 1",
      "window: 2",
    ]);
  });

  it(
    "A handler that blocks it for long does not hang it, whoever waits for room",
    patient,
    async () => {
      const { code, lines, complaints } = await run("lapsed_places");
      assert.deepEqual([lines, code], [["answered: 4,5"], 0], complaints);
    },
  );
});

describe("R9: unhandled rejections", () => {
  it("None is reported of calls that are listened to", patient, async () => {
    const { code, lines, complaints } = await run("handled");
    assert.deepEqual(lines, ["end"]);
    assert.equal(complaints, "");
    assert.equal(code, 0);
  });

  it(
    "Exactly one is reported for each caller that did not listen",
    patient,
    async () => {
      const { code, lines, complaints } = await run("unheard");
      assert.equal(code, 0, complaints);
      const counts = lines.map((line) => {
        const [, wanted, got] = /^(\d+) .*: (\d+)$/.exec(line) ?? [];
        return [line, wanted === got];
      });
      assert.equal(counts.length, 10);
      for (const [line, fits] of counts) assert.ok(fits, String(line));
    },
  );
});

describe("R20: garbage", () => {
  // A leak would hold all of them. Bun scans its stack conservatively: some may look as if
  // they were in use.
  const least = "bun" in process.versions ? 50 : 100;

  function assertCollected(lines: string[]): void {
    for (const line of lines) {
      const collected = Number(/: (\d+) of 100$/.exec(line)?.[1]);
      assert.ok(collected >= least, line);
    }
  }

  it("A dropped idle batcher is collected", patient, async () => {
    const { code, lines, complaints } = await run("garbage", true);
    assert.equal(code, 0, complaints);
    assert.equal(lines.length, 7);
    assertCollected(lines);
  });

  it(
    "An idle batcher holds neither the items that it has answered nor their promises",
    patient,
    async () => {
      const { code, lines, complaints } = await run("answered_calls", true);
      assert.equal(code, 0, complaints);
      assert.equal(lines.length, 10);
      assertCollected(lines);
    },
  );

  it(
    "R7 a batcher that lives on holds none of the lanes that have come and gone",
    patient,
    async () => {
      const { code, lines, complaints } = await run("gone_lanes", true);
      assert.equal(code, 0, complaints);
      assert.equal(lines.length, 4);
      assertCollected(lines);
    },
  );
});
