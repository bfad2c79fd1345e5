import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { Batcher } from "../../mod.ts";
import { buffersIn } from "../../src/threads/transfer.ts";
import { ask, type Kind, kinds, pool } from "./pools.ts";
import type { Task } from "./workers/tasks.ts";

describe("threads: buffers that are found", () => {
  it("They are items themselves, or in what is plain, and each is found once", () => {
    const buffers = [1, 2, 3, 4].map((size) => new ArrayBuffer(size));
    const [itself, field, element, bare] = buffers;
    class Image {
      bytes = new ArrayBuffer(5);
    }
    const found = buffersIn([
      itself,
      { field, again: itself },
      [element],
      Object.assign(Object.create(null), { bare }),
      { deep: { bytes: new ArrayBuffer(6) } },
      new Uint8Array(7),
      new Image(),
      null,
    ]);
    assert.deepEqual(found, buffers);
  });
});

/** Workers that are handed the buffers of all rows. */
function handingOver(kind: Kind) {
  const transfer = (rows: readonly Float32Array[]) =>
    rows.map((row) => row.buffer);
  return pool<Float32Array, Float32Array>("scores", { transfer }, kind);
}

for (const kind of kinds) {
  describe(`threads with ${kind}: buffers`, () => {
    const threads = pool<Task, unknown>("tasks", {}, kind);
    after(() => threads.close());

    it("A buffer is handed over: it arrives whole, and is gone here", async () => {
      const bytes = Uint8Array.of(1, 2, 3).buffer;
      assert.equal(await ask(threads, { do: "sum", bytes }), 6);
      assert.equal(bytes.byteLength, 0);
    });

    it("One buffer in many items is handed over once", async () => {
      const bytes = Uint8Array.of(1, 2).buffer;
      const task: Task = { do: "sum", bytes };
      assert.deepEqual(await threads([task, task]), [3, 3]);
    });

    it("One that is gone fails its batch: no empty one comes in its place", async () => {
      const bytes = Uint8Array.of(1, 2).buffer;
      assert.equal(await ask(threads, { do: "sum", bytes }), 3);
      const again = ask(threads, { do: "sum", bytes });
      await assert.rejects(again, { name: "DataCloneError" });
      const empty = new ArrayBuffer(0);
      assert.equal(await ask(threads, { do: "sum", bytes: empty }), 0);
    });

    it("Of what cannot travel beside it the error speaks", async () => {
      const bytes = Uint8Array.of(1, 2).buffer;
      const tasks: Task[] = [{ do: "sum", bytes }, {
        do: "echo",
        value: () => {},
      }];
      const error = await threads(tasks).catch((error) => error);
      assert.equal(error.name, "DataCloneError");
      assert.doesNotMatch(error.message, /detached/);
    });

    it("A buffer that is a result is handed over, too", async () => {
      const bytes = await ask(threads, { do: "make bytes", length: 5 });
      assert.ok(bytes instanceof ArrayBuffer);
      assert.deepEqual([...new Uint8Array(bytes)], [1, 1, 1, 1, 1]);
      assert.equal(await ask(threads, { do: "measure what you made" }), 0);
      await ask(threads, { do: "make bytes", length: 5, isDone: true });
      assert.equal(await ask(threads, { do: "measure what you made" }), 0);
    });

    it("A view is copied: others may look at the same buffer", async () => {
      const bytes = Uint8Array.of(1, 2, 3);
      assert.equal(await ask(threads, { do: "sum", bytes }), 6);
      assert.deepEqual([...bytes], [1, 2, 3]);
    });

    it("A buffer that cannot be handed over is copied", async () => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      new Uint8Array(memory.buffer)[7] = 9;
      const task: Task = { do: "sum", bytes: memory.buffer as ArrayBuffer };
      assert.equal(await ask(threads, task), 9);
      assert.equal(memory.buffer.byteLength, 65536);
    });

    it("Either side may say what is handed over", async () => {
      await using threads = handingOver(kind);
      const rows = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
      const scores = await new Batcher(threads).runMany(rows);
      assert.deepEqual(scores.map(([score]) => score), [3, 7]);
      assert.deepEqual(rows.map((row) => row.length), [0, 0]);
      const [left] = await new Batcher(threads).runMany([Float32Array.of(NaN)]);
      assert.equal(left![0], 0, "of the last answer");
      const before = threads([Float32Array.of(5)]);
      await assert.rejects(threads(rows), { name: "DataCloneError" });
      assert.equal((await before as Float32Array[])[0]![0], 5);
    });

    it("What is named twice is handed over once", async () => {
      await using threads = handingOver(kind);
      const row = Float32Array.of(1, 2);
      const scores = await threads([row, row]) as Float32Array[];
      assert.deepEqual(scores.map(([score]) => score), [3, 3]);
    });

    it("What is named, but cannot be handed over, fails its batch", async () => {
      const transfer = () => [{} as ArrayBuffer];
      await using threads = pool<Task, unknown>("tasks", { transfer }, kind);
      const asked = ask(threads, { do: "double", x: 1 });
      await assert.rejects(asked, { name: /^(DataCloneError|TypeError)$/ });
    });

    it("The worker is asked of results alone, not of errors", async () => {
      await using threads = pool<Float32Array, Float32Array>(
        "scores",
        {},
        kind,
      );
      const rows = [new Float32Array(0), Float32Array.of(3, 4)];
      const answers = new Batcher(threads).runMany(rows, { settled: true });
      const [empty, score] = await answers;
      assert.ok(empty?.status === "rejected");
      assert.equal(String(empty.reason), "RangeError: empty");
      assert.ok(score?.status === "fulfilled");
      assert.deepEqual([...score.value], [7]);
    });

    it("Where nothing is handed over, a batch can be repeated", async () => {
      const transfer = () => [];
      await using threads = pool<Task, unknown>("tasks", { transfer }, kind);
      const task: Task = { do: "sum", bytes: Uint8Array.of(4).buffer };
      assert.equal(await ask(threads, task), 4);
      assert.equal(await ask(threads, task), 4);
    });
  });
}
