import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { patient, run } from "../process/script.ts";

describe("R20: threads and the process", () => {
  it("Idle threads keep no process alive", patient, async () => {
    const { code, lines, complaints } = await run("../threads/idle");
    assert.equal(code, 0, complaints);
    assert.deepEqual(lines, ["[ 2 ]", "WorkerError", "[ 4 ]", "enough"]);
  });

  it(
    "A batch in flight does, from before its worker serves",
    patient,
    async () => {
      const { code, lines, complaints } = await run("../threads/busy");
      assert.equal(code, 0, complaints);
      assert.deepEqual(lines, ["[ 2 ]"]);
    },
  );

  it(
    "Without node:worker_threads it takes Web Workers, and says so if there are none",
    patient,
    async () => {
      const { code, lines } = await run("../threads/browser_like");
      assert.equal(code, 0);
      const none =
        'TypeError: Cannot start a worker: this runtime has none for addresses with "file:"';
      const [answers, error] = lines;
      if (typeof Worker === "undefined") {
        assert.deepEqual([answers, error], [JSON.stringify(none), none]);
      } else {
        assert.equal(answers, "[[2,4],[6]]");
        assert.match(error ?? "", /^WorkerError: .*"broken" has ended/);
      }
    },
  );
});
