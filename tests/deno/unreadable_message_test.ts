import assert from "node:assert/strict";
import { createHistogram } from "node:perf_hooks";
import { threads, WorkerError } from "../../src/threads/mod.ts";

/** Deno sends histograms, and reads them in threads only that have made one. */
const source = `
  import { createHistogram } from "node:perf_hooks";
  import { serve } from "${import.meta.resolve("../../src/threads/mod.ts")}";
  serve((items) => items.map((item) => item === "make" ? createHistogram() : 1));
`;

Deno.test("A message between threads that cannot be read fails its batch", async () => {
  await using pool = threads<unknown, unknown>(
    `data:text/javascript,${encodeURIComponent(source)}`,
  );
  await assert.rejects(pool(["make"]), WorkerError);
  await assert.rejects(pool([createHistogram()]), WorkerError);
  assert.deepEqual(await pool(["count"]), [1]);
});
