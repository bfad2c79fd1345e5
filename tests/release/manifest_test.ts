import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  manifestForNpm,
  withCommonJs,
  withOptionalPeers,
} from "../../.ci/release/manifest.ts";

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

describe("withCommonJs()", () => {
  const entry = (path: string) => ({
    types: `./${path}.d.ts`,
    default: `./${path}.js`,
  });
  const manifest = withCommonJs({
    exports: { ".": entry("mod"), "./threads": entry("src/threads/mod") },
  });

  it("Leads require() to CommonJS where there is no other way", () => {
    const { ".": root } = manifest.exports!;
    assert.deepEqual(Object.entries(root!), [
      ["module-sync", entry("mod")],
      ["bun", entry("mod")],
      ["import", entry("mod")],
      ["require", entry("cjs/mod")],
    ]);
  });

  it("Leads those to CommonJS who know no exports", () => {
    assert.equal(manifest.main, "./cjs/mod.js");
    assert.equal(manifest.types, "./cjs/mod.d.ts");
    assert.deepEqual(manifest.typesVersions, {
      "*": { threads: ["./cjs/src/threads/mod.d.ts"] },
    });
  });
});

describe("manifestForNpm()", () => {
  it("Keeps the name, and says what the package is", () => {
    const manifest = manifestForNpm(
      { name: "x", version: "1.0.0", exports: {} } as Parameters<
        typeof manifestForNpm
      >[0],
    );
    assert.equal(Reflect.get(manifest, "name"), "x");
    assert.match(Reflect.get(manifest, "description"), /batches/);
    assert.deepEqual(Reflect.get(manifest, "engines"), { node: ">=20" });
  });
});
