import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Entrant } from "../../../bench/simulation/entrants.ts";
import { type Goal, highest } from "../../../bench/simulation/goals/goal.ts";
import { goals } from "../../../bench/simulation/goals/goals.ts";
import { lossesOf, tableOf, textOf } from "../../../bench/simulation/report.ts";
import { standing } from "../../../bench/simulation/standings.ts";

const [us, them]: Entrant[] = ["us", "them"].map((name) => ({
  name,
  knowsKinds: true,
  contender: () => assert.fail("nothing is simulated here"),
}));

const effort = { items: 1, seeds: [1], timerStepMs: 0, isQuick: true };

/** A goal whose cases have these values, ours and theirs. */
function goalOf(...cases: [ours: number, theirs: number][]): Goal {
  return {
    id: "X1",
    title: "steps to the door",
    limit: 10,
    isCeiling: true,
    combine: highest,
    cases: () =>
      cases.map(([ours, theirs], index) => ({
        name: `door ${index}`,
        value: (entrant) => entrant === us ? ours : theirs,
      })),
  };
}

describe("The report of the simulator", () => {
  it("There are all goals, each with its number", () => {
    const ids = goals.map(({ id }) => id);
    const numbers = Array.from({ length: 15 }, (_, index) => `G${index + 1}`);
    assert.deepEqual(ids.slice(0, 15), numbers);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("The worst case counts, and a missed limit is marked", () => {
    const result = standing(goalOf([1, 2], [3, 40]), [us!, them!], effort);
    const [ours, theirs] = result.scores;
    assert.deepEqual([ours!.value, ours!.isReached], [3, true]);
    assert.deepEqual([theirs!.value, theirs!.isReached], [40, false]);
    assert.match(textOf(result, false), /us +3\.000\n +them +40\.0 ✗/);
    assert.match(textOf(result, true), / 40\.0 +door 1/);
    assert.match(tableOf([result]), /X1 +<= 10 +3\.000 +40\.0 ✗/);
  });

  it("What grows without bound is missed, what cannot be said is not", () => {
    const result = standing(goalOf([Infinity, NaN]), [us!, them!], effort);
    assert.match(tableOf([result]), /∞ ✗ +– *$/);
  });

  it("It says where we lose: missed goals, and cases in which another is better", () => {
    const missed = standing(goalOf([1, 2], [11, 12]), [us!, them!], effort);
    assert.match(
      lossesOf([missed]),
      /X1 steps to the door: MISSED\n +11\.0 +door 1/,
    );
    const beaten = standing(goalOf([1, 2], [9, 3]), [us!, them!], effort);
    assert.match(lossesOf([beaten]), /9\.000 +against 3\.000 of them: door 1/);
    const won = standing(goalOf([1, 2], [3, 3]), [us!, them!], effort);
    assert.equal(lossesOf([won]), "");
  });
});
