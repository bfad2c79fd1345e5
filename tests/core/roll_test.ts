import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Listed, Roll } from "../../src/core/roll.ts";
import { Random } from "./random.ts";

describe("Roll", () => {
  it("To enter twice or to leave twice changes nothing", () => {
    const roll = new Roll<Listed>();
    const [a, b] = [{ position: -1 }, { position: -1 }];
    roll.add(a);
    roll.add(a);
    roll.add(b);
    assert.equal(roll.size, 2);
    roll.delete(a);
    roll.delete(a);
    assert.deepEqual([...roll], [b]);
    roll.add(a);
    assert.equal(roll.size, 2);
  });

  it("It agrees with a set under random scripts", () => {
    const random = new Random(7);
    const roll = new Roll<Listed>();
    const model = new Set<Listed>();
    const members = Array.from({ length: 20 }, () => ({ position: -1 }));
    for (let step = 0; step < 2000; step++) {
      const member = random.pick(members);
      if (random.chance(0.5)) {
        roll.add(member);
        model.add(member);
      } else {
        roll.delete(member);
        model.delete(member);
      }
      assert.equal(roll.size, model.size);
      assert.ok([...roll].every((other) => model.has(other)));
      assert.equal(new Set(roll).size, model.size);
    }
  });
});
