/**
 * The rules are numbered, R1 to R28, so that tests can cite them: a rule that no test is
 * named after is one that nobody holds.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

const root = import.meta.dirname ?? ".";

/** What is below names rules as well. */
const OWN_NAME = "rules_test.ts";

const RULES = Array.from({ length: 28 }, (_, index) => `R${index + 1}`);

describe("rules", () => {
  const cited = new Set(testFilesUnder(root).flatMap(rulesCitedBy));

  it("Each has a test that is named after it", () => {
    const missing = RULES.filter((rule) => !cited.has(rule));
    assert.deepEqual(missing, [], `no test cites ${missing.join(", ")}`);
  });

  it("Tests cite no others", () => {
    const unknown = [...cited].filter((rule) => !RULES.includes(rule));
    assert.deepEqual(unknown, []);
  });

  it("Only the title of a test that runs cites one", () => {
    const source = [
      'describe("R12, R7: some", () => {',
      "  it(",
      "    `R20 ${size} calls`,",
      '  it("As R3 says, \\"R4\\" holds", () => {',
      '  // it("R1 that is to come", () => {',
      '  it.skip("R2 that fails", () => {',
      '  it("An R-value, and R2D2", () => {',
      '    assert.equal(name, "R5");',
    ].join("\n");
    assert.deepEqual(rulesIn(source), ["R12", "R7", "R20", "R3", "R4"]);
  });
});

function testFilesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => ![OWN_NAME, "node_modules"].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return testFilesUnder(path);
      return entry.name.endsWith("_test.ts") ? [path] : [];
    });
}

function rulesCitedBy(file: string): string[] {
  return rulesIn(readFileSync(file, "utf8"));
}

/** The rules that titles in this source cite. */
function rulesIn(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\/?\*).*$/gm, "");
  const titles = code.matchAll(
    /\b(?:describe|it|Deno\.test)\(\s*("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`)/g,
  );
  return [...titles].flatMap(([, title = ""]) => [
    ...title.match(/\bR\d+\b/g) ?? [],
  ]);
}
