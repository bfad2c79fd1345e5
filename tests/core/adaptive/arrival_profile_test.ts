import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArrivalProfile } from "../../../src/core/adaptive/arrival_profile.ts";
import { close, waitsFrom } from "./numbers.ts";

/** Calls come, one a turn, each so long after the last one. */
function come(
  profile: ArrivalProfile,
  turns: number,
  gapMs: () => number,
  rate = 1,
): void {
  for (let turn = 0; turn < turns; turn++) {
    const gap = gapMs();
    profile.pass(0, gap, rate);
    profile.come(gap, 1);
  }
}

describe("ArrivalProfile", () => {
  it("Every age is in one span, which ends after it, and the last one never ends", () => {
    const profile = new ArrivalProfile();
    let last = 0;
    for (let age = 0; age < 1000; age += 0.01) {
      const span = profile.spanOf(age);
      assert.ok(span === last || span === last + 1);
      assert.ok(profile.endOf(span) > age);
      last = span;
    }
    assert.equal(profile.endOf(last), Infinity);
    close(profile.endOf(last - 1), 35.184, 1e-3);
    assert.equal(profile.spanOf(1e12), last);
  });

  it("The end of a span is in the next one", () => {
    const profile = new ArrivalProfile();
    for (let span = 0; profile.endOf(span) < Infinity; span++) {
      assert.equal(profile.spanOf(profile.endOf(span)), span + 1);
    }
  });

  it("Fewer than eight turns with calls say nothing", () => {
    const profile = new ArrivalProfile();
    const span = profile.spanOf(1);
    come(profile, 7, () => 1);
    assert.equal(profile.leastCalls(span, 1), 0);
    come(profile, 1, () => 1);
    // Two deviations less than was measured: one is a part of 1 / sqrt(8).
    const watchedMs = 8 * (1 - profile.endOf(span - 1));
    const sure = 1 - 2 / Math.sqrt(8);
    close(profile.leastCalls(span, 1), sure * 8 / watchedMs);
  });

  it("Where calls come 1 ms after the last one, they are expected then, and at no other time", () => {
    const profile = new ArrivalProfile();
    come(profile, 200, () => 1);
    const span = profile.spanOf(1);
    const startOfSpan = profile.endOf(span - 1);
    const rate = 1 / (1 - startOfSpan);
    assert.ok(profile.leastCalls(span, 1) > 0.8 * rate);
    assert.ok(profile.leastCalls(span, 1) < rate);
    for (let other = 0; profile.endOf(other) < Infinity; other++) {
      if (other !== span) assert.equal(profile.leastCalls(other, 1), 0);
    }
  });

  it("Calls that come independently of each other are expected at their rate and no more", () => {
    let sum = 0;
    let count = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const profile = new ArrivalProfile();
      const wait = waitsFrom(seed);
      come(profile, 2000, () => wait(0.5), 2);
      for (let span = 0; span < 6; span++) {
        sum += profile.leastCalls(span, 1);
        count++;
        const isTooSure = profile.leastCalls(span, 1) > 1.3 * 2;
        assert.ok(!isTooSure, `seed ${seed}: ${profile.leastCalls(span, 1)}`);
      }
    }
    assert.ok(sum / count < 2, `on average ${sum / count}`);
    assert.ok(sum / count > 1.2, `on average ${sum / count}`);
  });

  it("Calls of one turn are many calls, but one proof", () => {
    const one = new ArrivalProfile();
    const many = new ArrivalProfile();
    const span = one.spanOf(3);
    for (let turn = 0; turn < 20; turn++) {
      one.pass(0, 3, 1);
      one.come(3, 1);
      many.pass(0, 3, 10);
      many.come(3, 10);
    }
    close(many.leastCalls(span, 1), 10 * one.leastCalls(span, 1));
    const loud = new ArrivalProfile();
    loud.pass(0, 3, 1);
    loud.come(3, 1000);
    assert.equal(loud.leastCalls(span, 1), 0);
  });

  it("It knows how many have usually come by an age", () => {
    const profile = new ArrivalProfile();
    assert.equal(profile.callsBefore(1), 0);
    for (let turn = 0; turn < 20; turn++) {
      profile.pass(0, 0.125, 1);
      profile.come(0, 3);
      profile.pass(0.125, 0.2, 1);
      profile.come(0.15, 2);
    }
    assert.equal(profile.callsBefore(0), 0);
    close(profile.callsBefore(0.0625), 1.5);
    close(profile.callsBefore(0.125), 3);
    close(profile.callsBefore(0.2), 5);
    close(profile.callsBefore(1000), 5);
  });

  it("Time without calls makes them less likely", () => {
    const profile = new ArrivalProfile();
    come(profile, 100, () => 1);
    const span = profile.spanOf(1);
    const before = profile.leastCalls(span, 1);
    for (let turn = 0; turn < 100; turn++) profile.pass(0, 5, 1);
    assert.ok(profile.leastCalls(span, 1) < before / 3);
  });

  it("It forgets: what came at 1 ms comes at 5 ms from now on", () => {
    const profile = new ArrivalProfile();
    come(profile, 5000, () => 1);
    const [early, late] = [profile.spanOf(1), profile.spanOf(5)];
    const before = profile.leastCalls(early, 1);
    come(profile, 1500, () => 5);
    assert.ok(profile.leastCalls(early, 1) < before / 10);
    assert.ok(profile.leastCalls(late, 1) > 0.5);
  });

  it("However many come in each turn, turns enough are remembered to know it", () => {
    const profile = new ArrivalProfile();
    // Of 250 callers who are absent each calls after 0.1 ms, and all of them at once.
    for (let turn = 0; turn < 100; turn++) {
      profile.pass(0, 0.1, 10, 250);
      profile.come(0.1, 250);
    }
    const sure = 1 - 2 / Math.sqrt(100);
    close(profile.leastCalls(profile.spanOf(0.1), 0.1), sure);
  });

  it("It forgets that nobody came, after as long as a thousand calls would have taken to come", () => {
    const profile = new ArrivalProfile();
    for (let turn = 0; turn < 10_000; turn++) profile.pass(0, 0.1, 10);
    // Of 1000 ms no more than 102 are left.
    come(profile, 100, () => 0.1, 10);
    const span = profile.spanOf(0.1);
    assert.ok(
      profile.leastCalls(span, 1) > 0.7,
      `${profile.leastCalls(span, 1)}`,
    );
  });
});
