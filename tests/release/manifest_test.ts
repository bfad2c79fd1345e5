import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withOptionalPeers } from "../../release/manifest.ts";

describe("withOptionalPeers()", () => {
  it("Makes optional peers of all dependencies, and leaves the rest", () => {
    const manifest = { name: "x", dependencies: { hono: "^4.0.0" } };
    assert.deepEqual(withOptionalPeers(manifest), {
      name: "x",
      peerDependencies: { hono: "^4.0.0" },
      peerDependenciesMeta: { hono: { optional: true } },
    });
  });
});
