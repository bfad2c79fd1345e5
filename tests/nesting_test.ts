import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Nesting } from "../src/nesting.ts";

/** How many batchers are looked at while this runs. */
function looksIn(run: () => void): number {
  const { keys } = Map.prototype;
  let looks = 0;
  Map.prototype.keys = function (this: Map<unknown, unknown>) {
    looks++;
    return keys.call(this);
  } as typeof keys;
  try {
    run();
  } finally {
    Map.prototype.keys = keys;
  }
  return looks;
}

describe("Nesting", () => {
  it("R26 whoever is called from outside only is reached by nobody, which takes no search", () => {
    const shared = new Nesting();
    for (let i = 0; i < 1000; i++) shared.add(new Nesting());
    const mark = new Nesting();
    mark.add(shared);
    const looks = looksIn(() => {
      assert.equal(shared.reaches(mark), false);
    });
    assert.equal(looks, 0);
  });

  it("R26 it is reached as long as calls of others to it are unanswered", () => {
    const [first, second, third] = [
      new Nesting(),
      new Nesting(),
      new Nesting(),
    ];
    first.add(second);
    second.add(third);
    second.add(third);
    assert.equal(first.reaches(third), true);
    second.remove(third);
    assert.equal(first.reaches(third), true);
    second.remove(third);
    assert.equal(first.reaches(third), false);
    assert.equal(third.reaches(third), true);
    new Nesting().add(third);
    assert.equal(first.reaches(third), false, "by nobody else's call");
  });
});
