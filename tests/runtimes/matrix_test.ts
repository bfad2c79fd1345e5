import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allPassed, table } from "./matrix/table.ts";

const passed = { name: "It works", state: "passed" } as const;
const other = { name: "It waits", state: "passed" } as const;

describe("The matrix of runtimes", () => {
  const columns = [
    { runtime: "One", outcomes: [passed, other] },
    {
      runtime: "Another",
      outcomes: [
        passed,
        {
          name: "It waits",
          state: "not here",
          detail: "no time",
        } as const,
      ],
    },
  ];

  it("Has a row for each behaviour, and says why something is not there", () => {
    assert.equal(
      table(columns),
      `|          | One | Another |
| -------- | --- | ------- |
| It works | yes | yes     |
| It waits | yes | -       |

Another: It waits: no time`,
    );
    assert.ok(allPassed(columns, 2));
  });

  it("Something that failed, or that nobody ran, is not passed", () => {
    const failed = { name: "It works", state: "failed", detail: "Oh" } as const;
    const bad = { runtime: "Bad", outcomes: [failed, other] };
    assert.ok(!allPassed([...columns, bad], 2));
    assert.match(table([bad]), /It works \| NO/);
    const lazy = { runtime: "Lazy", outcomes: [passed] };
    assert.ok(!allPassed([...columns, lazy], 2));
    assert.match(table([...columns, lazy]), /It waits \| yes \| - +\| NO/);
  });
});
