import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Crowd } from "../../../src/core/adaptive/crowd.ts";
import { close, waitsFrom } from "./numbers.ts";

/** So many callers come back 2 ms after each batch, which takes 10; answers when the last batch ended. */
function rounds(crowd: Crowd, callers: number, count: number, from = 0) {
  let now = from;
  for (let round = 0; round < count; round++) {
    const rate = now > 0 ? callers / 12 : 0;
    crowd.arrived(callers, rate, now);
    crowd.started(callers);
    crowd.ended(callers, rate, now + 10);
    now += 12;
  }
  return now - 2;
}

describe("Crowd", () => {
  it("It is the most calls that were under way at once, be it waiting or in a batch", () => {
    const crowd = new Crowd();
    crowd.arrived(3, 0, 0);
    crowd.started(3);
    crowd.arrived(4, 0, 1);
    assert.equal(crowd.size, 7);
    crowd.ended(3, 0, 5);
    crowd.started(4);
    assert.equal(crowd.size, 7);
    assert.equal(crowd.absentWhen(2), 1);
  });

  it("Those who were not there in the last 64 batches have gone", () => {
    const crowd = new Crowd();
    rounds(crowd, 100, 1);
    rounds(crowd, 1, 63, 12);
    assert.equal(crowd.size, 100);
    rounds(crowd, 1, 64, 1000);
    assert.equal(crowd.size, 1);
  });

  it("Those who left early are absent", () => {
    const crowd = new Crowd();
    crowd.arrived(10, 0, 0);
    assert.equal(crowd.absentWhen(4), 6);
    crowd.arrived(1, 0, 1);
    assert.equal(crowd.absentWhen(5), 5);
    assert.equal(crowd.size, 10);
  });

  it("Calls that have come in this turn, but were not told of yet, count once", () => {
    const crowd = new Crowd();
    crowd.arrived(1, 0, 0);
    assert.equal(crowd.absentWhen(3), -2);
    crowd.arrived(2, 0, 1);
    assert.equal(crowd.absentWhen(3), 0);
    assert.equal(crowd.size, 3);
  });

  it("It is closed when nobody comes while all are there, though many should", () => {
    const crowd = new Crowd();
    rounds(crowd, 8, 1);
    assert.equal(crowd.isClosed, false);
    rounds(crowd, 8, 3, 12);
    assert.equal(crowd.isClosed, true);
  });

  it("It is open as soon as strangers come, and closed again when they have become regulars", () => {
    const crowd = new Crowd();
    const now = rounds(crowd, 8, 10);
    assert.equal(crowd.isClosed, true);
    rounds(crowd, 40, 1, now + 2);
    crowd.arrived(20, 3, now + 13);
    assert.equal(crowd.isClosed, false);
    crowd.started(20);
    crowd.ended(20, 3, now + 20);
    rounds(crowd, 60, 20, now + 22);
    assert.equal(crowd.isClosed, true);
  });

  it("Where calls are refused, it is not closed: nobody comes because nobody may", () => {
    const crowd = new Crowd();
    let now = rounds(crowd, 8, 10) + 2;
    for (let round = 0; round < 30; round++) {
      now = rounds(crowd, 8, 1, now) + 2;
      for (let call = 0; call < 4; call++) crowd.missed();
    }
    assert.equal(crowd.isClosed, false);
  });

  it("Where calls come independently of each other, it is hardly ever closed", () => {
    let closed = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const crowd = new Crowd();
      const wait = waitsFrom(seed);
      let waiting = 0;
      let running = 0;
      let endAt = Infinity;
      for (let call = 0, now = 0; call < 2000; call++) {
        now += wait(2);
        for (; endAt <= now; endAt = waiting > 0 ? endAt + 10 : Infinity) {
          crowd.ended(running, 0.5, endAt);
          running = waiting;
          waiting = 0;
          if (running > 0) crowd.started(running);
        }
        crowd.arrived(1, 0.5, now);
        if (endAt === Infinity) {
          running = 1;
          crowd.started(1);
          endAt = now + 10;
        } else waiting++;
        if (crowd.isClosed) closed++;
      }
    }
    assert.ok(closed < 0.02 * 20 * 2000, `${closed} times`);
  });

  it("How likely each of those who are absent is to come is told by the time since an answer", () => {
    const crowd = new Crowd();
    rounds(crowd, 8, 100);
    const { returns } = crowd;
    const span = returns.spanOf(2);
    const watched = 2 - returns.endOf(span - 1);
    assert.ok(returns.leastRate(span) > 0.7 / watched);
    assert.ok(returns.leastRate(span) < 1 / watched);
    assert.equal(returns.leastRate(span - 1), 0);
  });

  it("Absence is the part of their time that callers spend elsewhere", () => {
    const crowd = new Crowd();
    rounds(crowd, 8, 200);
    close(crowd.absence, 2 / 12, 0.05);
  });
});
