import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { problemsOf, type Release } from "../../.ci/release/readiness.ts";

const good: Release = {
  version: "1.2.3",
  changelog: "# Changelog\n\n## 1.2.3 (2026-12-01)\n\n## 1.2.2 (2026-11-01)\n",
  tags: ["latest", "v1.2.3"],
  status: "",
};

describe("problemsOf()", () => {
  it("Has nothing against a release in which all places agree", () => {
    assert.deepEqual(problemsOf(good), []);
  });

  const bad: [string, Partial<Release>, RegExp][] = [
    ["a version that is none", { version: "1.2" }, /"version" of deno.json/],
    ["a changelog without a heading", { changelog: "" }, /CHANGELOG.md/],
    [
      "a heading of another version",
      { changelog: "## 1.2.4 (2026-12-01)\n" },
      /CHANGELOG.md/,
    ],
    [
      "a dot that stands for anything",
      { changelog: "## 1x2.3 (2026-12-01)\n" },
      /CHANGELOG.md/,
    ],
    [
      "a heading without its day",
      { changelog: "## 1.2.3 (not yet released)\n" },
      /CHANGELOG.md.*not yet released/,
    ],
    ["changes", { status: " M mod.ts\n" }, /M mod.ts/],
    ["no tag", { tags: [] }, /v1.2.3, and has none/],
    ["another tag", { tags: ["v1.2.2"] }, /v1.2.3, and has v1.2.2/],
  ];
  for (const [name, change, message] of bad) {
    it(`Names ${name}`, () => {
      const problems = problemsOf({ ...good, ...change });
      assert.match(problems.join("\n"), message);
    });
  }
});
