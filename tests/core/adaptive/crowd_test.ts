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

  it("Nor do those count twice who leave in a full batch before they are told of", () => {
    const crowd = new Crowd();
    crowd.arrived(2, 0, 0);
    crowd.started(8);
    crowd.arrived(9, 0, 0);
    assert.equal(crowd.size, 11);
    assert.equal(crowd.absentWhen(3), 0);
    crowd.ended(8, 0, 10);
    assert.equal(crowd.absentWhen(3), 8);
  });

  it("Calls that come back are not told of, and once their batch has ended nothing is owed for them", () => {
    const crowd = new Crowd();
    crowd.arrived(4, 0, 0);
    crowd.started(4);
    crowd.ended(4, 0, 10);
    crowd.started(4);
    crowd.ended(4, 0, 20);
    crowd.arrived(4, 0, 30);
    assert.equal(crowd.absentWhen(4), 0);
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
    assert.ok(returns.leastCalls(span, 1) > 0.7 / watched);
    assert.ok(returns.leastCalls(span, 1) < 1 / watched);
    assert.equal(returns.leastCalls(span - 1, 1), 0);
  });

  it("Absence is the part of their time that callers spend elsewhere", () => {
    const crowd = new Crowd();
    rounds(crowd, 8, 200);
    close(crowd.absence, 2 / 12, 0.05);
  });

  it("Those who wait while others are in a batch are not taken for gone", () => {
    const crowd = new Crowd();
    crowd.arrived(4, 0, 0);
    crowd.started(4);
    // The last of 128 batches has just left.
    for (let now = 1; now < 128; now++) {
      crowd.arrived(4, 1, now);
      crowd.ended(4, 1, now);
      crowd.started(4);
    }
    assert.equal(crowd.size, 8);
  });

  it("A batch whose calls it was not told of leaves nobody fewer than none", () => {
    const crowd = new Crowd();
    crowd.started(3);
    crowd.ended(3, 0, 5);
    crowd.arrived(2, 0, 6);
    assert.equal(crowd.size, 2);
    assert.equal(crowd.absentWhen(2), 0);
  });

  it("After a long silence all are absent, and not more than all", () => {
    const crowd = new Crowd();
    crowd.arrived(8, 1, 0);
    crowd.started(8);
    crowd.ended(8, 1, 10);
    crowd.arrived(1, 1, 10_010);
    assert.equal(crowd.absence, 1);
  });

  it("Callers are watched up to where they come, each but once", () => {
    const crowd = new Crowd();
    let now = rounds(crowd, 8, 1);
    const { returns } = crowd;
    const [soon, late] = [returns.spanOf(1), returns.spanOf(2)];
    for (let round = 0; round < 25; round++) {
      crowd.arrived(4, 0.6, now + 1);
      crowd.arrived(4, 0.6, now + 2);
      crowd.started(8);
      now += 12;
      crowd.ended(8, 0.6, now);
    }
    const sure = 1 - 2 / Math.sqrt(25);
    const [from, to] = [returns.endOf(soon - 1), returns.endOf(soon)];
    // Eight up to 1 ms, and the four that are still absent then.
    const soonMs = 8 * (1 - from) + 4 * (to - 1);
    close(returns.leastCalls(soon, 1), sure * 4 / soonMs);
    close(returns.leastCalls(late, 1), sure * 4 / (4 * (2 - to)));
  });

  it("Strangers who come with the others do not come back", () => {
    const crowd = new Crowd();
    const end = rounds(crowd, 8, 10);
    const { returns } = crowd;
    const span = returns.spanOf(2);
    const watchedMs = 2 - returns.endOf(span - 1);
    crowd.arrived(12, 8 / 12, end + 2);
    const sure = 1 - 2 / Math.sqrt(10);
    close(returns.leastCalls(span, 1), sure / watchedMs);
  });

  it("While it cannot be closed, nobody is watched", () => {
    const crowd = new Crowd();
    rounds(crowd, 8, 1);
    for (let call = 0; call < 30; call++) crowd.missed();
    const { returns } = crowd;
    const span = returns.spanOf(2);
    const now = rounds(crowd, 8, 20, 12);
    assert.equal(returns.leastCalls(span, 1), 0);
    // By now nobody has come for so long that it may be.
    rounds(crowd, 8, 40, now + 2);
    const watchedMs = 2 - returns.endOf(span - 1);
    assert.ok(returns.leastCalls(span, 1) > 0.6 / watchedMs);
  });

  it("Nobody is less than absent, when calls leave that it was not told of", () => {
    const crowd = new Crowd();
    crowd.arrived(8, 1, 0);
    crowd.started(8);
    crowd.started(3);
    crowd.started(3);
    crowd.ended(3, 1, 10);
    crowd.ended(3, 1, 20);
    assert.equal(crowd.absence, 0);
  });

  it("It forgets that nobody came, after as long as a thousand calls would have taken to come", () => {
    const crowd = new Crowd();
    let now = rounds(crowd, 8, 3000);
    const { returns } = crowd;
    const span = returns.spanOf(1);
    assert.equal(returns.leastCalls(span, 1), 0);
    // From now on callers come back sooner.
    for (let round = 0; round < 50; round++) {
      crowd.arrived(8, 8 / 12, now + 1);
      crowd.started(8);
      now += 12;
      crowd.ended(8, 8 / 12, now);
    }
    // A third of a call comes in a ms for each of those who are absent, which are one on average.
    assert.ok(
      returns.leastCalls(span, 1) > 0.1,
      `${returns.leastCalls(span, 1)}`,
    );
  });

  it("Of those who should have come, fewer than one in seven did: then it is closed", () => {
    const proven = (expected: number, strangers: number) => {
      const crowd = new Crowd();
      crowd.arrived(8, 0, 0);
      crowd.started(8);
      for (let call = 0; call < strangers; call++) crowd.missed();
      crowd.ended(0, 1, expected);
      return crowd;
    };
    assert.equal(proven(7.5, 0).isClosed, false);
    assert.equal(proven(8, 0).isClosed, true);
    assert.equal(proven(40, 6).isClosed, true);
    assert.equal(proven(40, 7).isClosed, false);
    // Beyond 64 all of that counts half.
    const crowd = proven(80, 10);
    assert.equal(crowd.isClosed, true);
    crowd.missed();
    assert.equal(crowd.isClosed, true);
    crowd.missed();
    assert.equal(crowd.isClosed, false);
  });

  it("Where the first batch is of calls that nobody has seen come, absence is a number", () => {
    const crowd = new Crowd();
    crowd.started(3);
    crowd.ended(3, 0, 5);
    crowd.arrived(2, 0, 6);
    crowd.arrived(1, 1, 7);
    assert.equal(crowd.absence, 0);
  });

  it("Those who wait for long have not gone, though nobody else comes", () => {
    const crowd = new Crowd();
    crowd.arrived(200, 0, 0);
    for (let batch = 0; batch < 128; batch++) crowd.started(1);
    assert.equal(crowd.size, 200);
  });
});
