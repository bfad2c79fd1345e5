import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { coverageOf, share } from "../../.ci/release/documented.ts";

describe("coverageOf()", () => {
  it("Counts symbols with a comment and names those without", () => {
    const coverage = coverageOf({
      nodes: {
        "file:///a/b/mod.ts": {
          symbols: [
            { name: "good", declarations: [{}, { jsDoc: { doc: "Does." } }] },
            { name: "bare", declarations: [{}] },
            { name: "again", declarations: [{ kind: "reference" }] },
            { name: "empty", declarations: [{ jsDoc: { doc: " " } }] },
          ],
        },
        "file:///a/b/none.ts": {},
      },
    });
    assert.deepEqual(coverage, {
      documented: 1,
      missing: ["bare of a/b/mod.ts", "empty of a/b/mod.ts"],
    });
    assert.equal(share(coverage), 1 / 3);
    assert.equal(share({ documented: 0, missing: [] }), 1);
  });
});
