import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

const docs = join(import.meta.dirname ?? ".", "../../docs");

describe("docs/threads.md", () => {
  it("It shows the workers that its examples run", () => {
    const text = readFileSync(join(docs, "threads.md"), "utf8");
    const shown = /^<!-- (\S+\.ts) -->\n\n```ts ignore\n([^]*?)^```$/gm;
    const workers = [...text.matchAll(shown)];
    assert.deepEqual(workers.map(([, file]) => file), [
      "threads/primes_worker.ts",
      "threads/scores_worker.ts",
    ]);
    for (const [, file, code] of workers) {
      assert.equal(readFileSync(join(docs, file ?? ""), "utf8"), code);
      assert.ok(text.includes(`new URL("./${file}", import.meta.url)`));
    }
  });
});
