import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bundle } from "../../.ci/release/bundle.ts";
import { type EntrySize, entrySizes, report } from "../../.ci/release/sizes.ts";

/**
 * In bytes, gzipped. Whoever makes the package larger than this has to say so here.
 */
const LIMITS: Record<string, number> = {
  ".": 27_750,
  "./cloudflare": 3000,
  "./testing": 2000,
  "./threads": 7000,
};

describe("The size of the package", () => {
  let sizes: EntrySize[] = [];
  // Bun would give before() five seconds, whatever it is told.
  it("Can be measured", { timeout: 60_000 }, async () => {
    sizes = await entrySizes();
  });

  it("Entries are not larger than they may be", () => {
    for (const [name, limit] of Object.entries(LIMITS)) {
      const { gzipped } = sizes.find((size) => size.name === name)!;
      assert.ok(gzipped <= limit, `${name} has ${gzipped} of ${limit} bytes`);
    }
  });

  it('"." reaches no package, and no entry but its own', () => {
    const { imports, files } = sizes.find(({ name }) => name === ".")!;
    assert.deepEqual(imports, []);
    const optional = /^src\/(cloudflare|dataloader|hono|otel|reflect|threads)/;
    assert.deepEqual(files.filter(([file]) => optional.test(file)), []);
  });

  it("Who imports one small thing gets no batcher along with it", async () => {
    for (const name of ["align", "QueueFullError", "window"]) {
      const { code } = await bundle("mod.ts", [name]);
      assert.ok(code.length <= 2500, `${name} has ${code.length} bytes`);
    }
  });

  it("The report has a row for every entry and every file", () => {
    const rows = report(sizes).split("\n");
    const { files } = sizes.find(({ name }) => name === ".")!;
    assert.equal(rows.length, 2 + sizes.length + 1 + 2 + files.length);
    assert.match(rows[2]!, /^\| \. \| [\d.]+ kB \| [\d.]+ kB \| {2}\|$/);
  });
});
