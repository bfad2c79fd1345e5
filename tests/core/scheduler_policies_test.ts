import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Call } from "../../src/core/call.ts";
import {
  type LanePolicy,
  natural,
  type Policy,
} from "../../src/core/policy.ts";
import { Driven } from "./driven.ts";

/** A policy that says this, and what it was told. */
function telling(
  decide: LanePolicy["decide"] = ({ waiting }, _slots, _now, verdict) =>
    verdict.leave(waiting, "idle"),
  arrived: () => void = () => {},
): { policy: Policy; heard: string[] } {
  const heard: string[] = [];
  const lane: LanePolicy = {
    arrived(calls, now) {
      heard.push(`${calls} arrived at ${now}`);
      arrived();
    },
    started: ({ count }, now) => void heard.push(`${count} started at ${now}`),
    ended: ({ id, count }, ms, failed, now) => {
      heard.push(`${id} ended: ${count}, ${ms} ms, ${failed}, at ${now}`);
    },
    decide: (view, slots, now, verdict) => {
      heard.push(`asked of ${view.waiting} at ${now}`);
      decide(view, slots, now, verdict);
    },
  };
  return { policy: { forLane: () => lane }, heard };
}

describe("Scheduler: what a policy hears", () => {
  it("Batches that leave and end are told with their size and time", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.turn(1, "a b");
    driven.end(8, true);
    const news = heard.filter((line) => /started|ended/.test(line));
    assert.deepEqual(news, ["2 started at 1", "1 ended: 2, 7 ms, true, at 8"]);
  });

  it("The size of a batch that has ended counts those who have left it", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    const [a] = driven.turn(0, "a b");
    driven.scheduler.remove(a!, "aborted");
    driven.end(5);
    assert.equal(heard.at(-1), "1 ended: 2, 5 ms, false, at 5");
  });

  it("Arrivals are told once a turn, with their number", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.place(1, "a b");
    driven.look(1);
    driven.place(1, "c");
    driven.look(1);
    driven.endTurn(1);
    const arrivals = heard.filter((line) => line.includes("arrived"));
    assert.deepEqual(arrivals, ["3 arrived at 1"]);
  });

  it("Arrivals are told with their own time, also where nobody has looked in between", () => {
    const { policy, heard } = telling(() => {});
    const driven = new Driven({ policy });
    driven.place(1, "a");
    driven.place(2, "b c");
    driven.look(2);
    driven.endTurn(2);
    const arrivals = heard.filter((line) => line.includes("arrived"));
    assert.deepEqual(arrivals, ["1 arrived at 1", "2 arrived at 2"]);
  });

  it("Arrivals are told with their own time, also where others leave in that turn", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    const [b] = driven.place(1, "b c");
    driven.look(1);
    driven.scheduler.remove(b!, "aborted");
    driven.place(5, "d");
    driven.endAndTurn(9);
    const arrivals = heard.filter((line) => line.includes("arrived"));
    const times = ["1 arrived at 0", "2 arrived at 1", "1 arrived at 5"];
    assert.deepEqual(arrivals, times);
  });

  it("Arrivals are told in the turn in which they come, slot or no slot", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.turn(1, "a");
    driven.turn(2, "b");
    driven.turn(3, "c");
    driven.endAndTurn(9);
    const arrivals = heard.filter((line) => line.includes("arrived"));
    const times = ["1 arrived at 1", "1 arrived at 2", "1 arrived at 3"];
    assert.deepEqual(arrivals, times);
  });

  it("Arrivals while no slot was free are told before the end of the batch that had it", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    driven.place(5, "b");
    driven.look(5);
    driven.end(9);
    assert.deepEqual(heard.slice(-2), [
      "1 arrived at 5",
      "1 ended: 1, 9 ms, false, at 9",
    ]);
  });

  it("Arrivals while no slot was free are told before it is asked, whichever lane frees the slot", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.place(0, "a", { lane: "a" });
    driven.turn(0, "b", { lane: "b" });
    driven.place(5, "c d", { lane: "b" });
    driven.look(5);
    heard.length = 0;
    driven.endAndTurn(9);
    assert.deepEqual(heard.slice(0, 3), [
      "1 ended: 1, 9 ms, false, at 9",
      "2 arrived at 5",
      "asked of 3 at 9",
    ]);
    assert.deepEqual(driven.sent, ["a", "b c d"]);
  });

  it("It hears of nobody as a call leaves, which it might take out once more", () => {
    const gone: Call[] = [];
    const driven: Driven = new Driven({
      policy: telling(() => {}, () => {
        for (const call of gone) {
          if (call.batch) driven.scheduler.remove(call, "aborted");
        }
      }).policy,
    });
    driven.turn(0, "a b c d");
    const [e] = driven.place(1, "e f");
    driven.look(1);
    gone.push(e!);
    driven.scheduler.queue.now = 2;
    driven.scheduler.remove(e!, "aborted");
    assert.equal(driven.scheduler.queue.waiting, 1);
  });

  it("What it hears at the end of a turn it may act upon in that turn", () => {
    let heard = 0;
    const policy: Policy = {
      forLane: () => ({
        arrived: (calls) => void (heard += calls),
        decide: ({ waiting }, _slots, _now, verdict) => {
          if (heard >= 2) verdict.leave(waiting, "idle");
        },
      }),
    };
    const driven = new Driven({ policy });
    driven.place(0, "a b");
    assert.equal(driven.look(0), true);
    driven.endTurn(0);
    assert.deepEqual(driven.sent, ["a b"]);
  });

  it("It is never asked of a lane whose calls were all too late", () => {
    const { policy, heard } = telling(() => {});
    const driven = new Driven({ policy, deadlineMs: 100 });
    driven.turn(0, "a b");
    heard.length = 0;
    driven.endTurn(100);
    assert.equal(driven.expired.length, 2);
    assert.deepEqual(heard, []);
  });

  it("R23 It is asked once a look, however many calls have come", () => {
    const { policy, heard } = telling(() => {});
    const driven = new Driven({ policy });
    driven.place(0, "a b");
    driven.place(0, "c");
    driven.look(0);
    const asked = heard.filter((line) => line.startsWith("asked"));
    assert.deepEqual(asked, ["asked of 3 at 0"]);
  });

  it("R23 While no slot is free, news wants no end of a turn", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    driven.place(1, "b");
    assert.equal(driven.look(1), false);
    driven.endAndTurn(5);
    assert.ok(heard.includes("1 arrived at 1"));
  });

  it("R23 What it has heard wants no end of a turn either", () => {
    const { policy } = telling(() => {});
    const driven = new Driven({ policy });
    const [a] = driven.turn(0, "a b");
    driven.scheduler.remove(a!, "aborted");
    assert.equal(driven.look(1), false);
  });

  it("It is not asked of full batches, nor without a free slot, nor when all must leave", () => {
    const { policy, heard } = telling();
    const driven = new Driven({ size: 2, policy });
    driven.turn(0, "a b");
    driven.turn(1, "c");
    driven.turn(2, "inner", { nested: true });
    driven.scheduler.flush(false, () => {});
    driven.endAndTurn(3);
    driven.turn(4, "d");
    driven.scheduler.close();
    driven.endAndTurn(5);
    driven.endAndTurn(6);
    assert.deepEqual(driven.sent, ["a b", "inner", "c", "d"]);
    assert.deepEqual(heard.filter((line) => line.includes("asked")), []);
  });

  it("It is asked when one of its batches has ended, though another slot was free all the time", () => {
    let hasEnded = true;
    const { forLane } = natural();
    const policy: Policy = {
      forLane: (limits) => ({
        started: () => void (hasEnded = false),
        ended: () => void (hasEnded = true),
        decide: (lane, slots, now, verdict) => {
          if (hasEnded) forLane(limits).decide(lane, slots, now, verdict);
        },
      }),
    };
    const driven = new Driven({ policy, concurrency: 3 });
    driven.turn(0, "a");
    driven.turn(1, "b");
    assert.deepEqual(driven.sent, ["a"]);
    driven.endAndTurn(5);
    assert.deepEqual(driven.sent, ["a", "b"]);
  });

  it("It sees the lane and the slots as they are", () => {
    const seen: number[][] = [];
    const { policy } = telling((lane, slots) => {
      seen.push([lane.waiting, lane.oldestAt, slots.free, slots.running]);
    });
    const driven = new Driven({ size: 3, concurrency: 2, policy });
    driven.turn(1, "a b c");
    driven.turn(2, "d");
    driven.turn(3, "e");
    assert.deepEqual(seen.at(-1), [2, 2, 1, 1]);
  });
});

describe("Scheduler: what a policy answers", () => {
  const pairs: LanePolicy["decide"] = (lane, _slots, now, verdict) => {
    if (lane.waiting >= 2) verdict.leave(2, "adaptive");
    else verdict.holdUntil(now + 50);
  };

  it("A part of the lane leaves, and it is asked again at once", () => {
    const { policy } = telling(pairs);
    const driven = new Driven({ size: 64, concurrency: 3, policy });
    driven.turn(0, "a b c d e");
    assert.deepEqual(driven.sent, ["a b", "c d"]);
    assert.deepEqual(driven.reasons, ["adaptive", "adaptive"]);
    assert.equal(driven.wake, 50);
  });

  it("Though it lowers the size as it is asked, no batch is larger than that", () => {
    const options = { size: 4 };
    const { policy } = telling(({ waiting }, _slots, _now, verdict) => {
      options.size = 2;
      verdict.leave(waiting, "idle");
    });
    const driven = new Driven(Object.assign(options, { policy }));
    driven.place(0, "a b c");
    driven.endTurn(0);
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["a b", "c"]);
    assert.deepEqual(driven.reasons, ["full", "idle"]);
  });

  it("What a lane has said is void when another has left: it is asked again", () => {
    const policy: Policy = {
      forLane: () => ({
        decide: ({ waiting }, { running }, _now, verdict) => {
          if (running === 0) verdict.leave(waiting, "idle");
        },
      }),
    };
    const driven = new Driven({ policy, concurrency: 2 });
    driven.place(0, "a", { lane: "a" });
    driven.turn(0, "b", { lane: "b" });
    assert.equal(driven.batches.length, 1);
  });

  it("At the end of a turn it is asked once more, also of a lane for which no slot was kept", () => {
    let turns = 0;
    const lane: LanePolicy = {
      decide({ waiting }, _slots, _now, verdict) {
        if (turns === 0) verdict.leave(waiting, "idle");
      },
    };
    const driven = new Driven({ policy: { forLane: () => lane } });
    driven.place(0, "a", { lane: "a" });
    driven.place(0, "b", { lane: "b" });
    driven.look(0);
    turns++;
    driven.endTurn(0);
    assert.deepEqual(driven.sent, []);
  });

  it("Silence means waiting for more calls", () => {
    const { policy } = telling(() => {});
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.wake, Infinity);
    driven.turn(1, "b c d");
    assert.deepEqual(driven.sent, ["a b c d"]);
  });

  it("What it said before counts no more when it is silent", () => {
    let isSilent = false;
    const { policy } = telling((lane, slots, now, verdict) => {
      if (!isSilent) pairs(lane, slots, now, verdict);
    });
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    isSilent = true;
    driven.turn(10, "b");
    assert.equal(driven.wake, Infinity);
    assert.deepEqual(driven.sent, []);
  });

  it("It is void when another policy decides from now on: that one is asked at the next look", () => {
    const { policy } = telling((_lane, _slots, now, verdict) => {
      verdict.holdUntil(now + 50);
    });
    const driven = new Driven({ policy });
    driven.turn(0, "a");
    driven.turn(0, "b", { lane: "b" });
    driven.scheduler.follow(natural());
    assert.equal(driven.look(1), true);
    driven.endTurn(1);
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a", "b"]);
  });

  it("The other one hears of what waits as if that came now", () => {
    const driven = new Driven({ policy: telling(() => {}).policy });
    driven.turn(0, "a b");
    const { policy, heard } = telling(() => {});
    driven.scheduler.queue.now = 7;
    driven.scheduler.follow(policy);
    driven.look(7);
    driven.endTurn(7);
    const arrivals = heard.filter((line) => line.includes("arrived"));
    assert.deepEqual(arrivals, ["2 arrived at 7"]);
  });

  it("The nearest of all times is looked at, deadlines among them", () => {
    const { policy } = telling((lane, _slots, _now, verdict) => {
      verdict.holdUntil(lane.oldestAt + 100);
    });
    const driven = new Driven({ policy });
    driven.turn(0, "a", { lane: "a" });
    driven.turn(5, "b", { lane: "b" });
    assert.equal(driven.wake, 100);
    driven.turn(10, "c", { lane: "b", deadlineMs: 60 });
    assert.equal(driven.wake, 40);
  });

  it("R9 a policy that throws keeps nobody waiting, and what it threw is reported", () => {
    const { policy } = telling(() => {
      throw new RangeError("broken");
    });
    const driven = new Driven({ policy });
    driven.turn(0, "a b");
    assert.deepEqual(driven.sent, ["a b"]);
    assert.deepEqual(driven.reasons, ["idle"]);
    assert.ok(driven.errors.length > 0);
    assert.ok(driven.errors.every((error) => error instanceof RangeError));
  });

  it("R9 neither does one that answers nonsense, which is reported", () => {
    const answers: LanePolicy["decide"][] = [
      (_lane, _slots, _now, verdict) => verdict.holdUntil(NaN),
      // These would be asked again and again, and time would stand still for who waits for that.
      (_lane, _slots, now, verdict) => verdict.holdUntil(now),
      (_lane, _slots, now, verdict) => verdict.holdUntil(now - 1),
      (_lane, _slots, _now, verdict) => verdict.leave(NaN, "idle"),
      (_lane, _slots, _now, verdict) => verdict.leave(-1, "idle"),
    ];
    for (const decide of answers) {
      const policy = { forLane: () => ({ decide }) };
      const driven = new Driven({ policy, deadlineMs: 50 });
      driven.turn(0, "a b");
      assert.deepEqual(driven.sent, ["a b"]);
      assert.match(
        String(driven.errors[0]),
        /^RangeError: .*it must leave with calls .*, got \S+ calls, \S+ ms$/,
      );
    }
  });

  it("R9 a policy that throws at news of batches changes nothing", () => {
    const { policy } = telling();
    const lane = {
      ...policy.forLane({ size: 4, concurrency: 1 }),
      started: () => {
        throw new Error("started");
      },
      ended: () => {
        throw new Error("ended");
      },
    };
    const driven = new Driven({ policy: { forLane: () => lane } });
    driven.turn(0, "a");
    driven.turn(1, "b");
    driven.endAndTurn(2);
    assert.deepEqual(driven.sent, ["a", "b"]);
    const messages = driven.errors.map((error) => (error as Error).message);
    assert.deepEqual(messages, ["started", "ended", "started"]);
  });

  it("Calls that cannot be served in time are dropped, and the next ones asked of", () => {
    const asked: string[] = [];
    const fits: LanePolicy["fits"] = (calls, { waiting, oldestAt }) => {
      asked.push(`${calls} of ${waiting} since ${oldestAt}`);
      return oldestAt === 1 || oldestAt === 2 ? 0 : calls;
    };
    const driven = new Driven({ size: 3, policy: fitting(fits) });
    driven.turn(0, "busy");
    driven.turn(1, "a");
    driven.turn(2, "b");
    driven.turn(3, "c");
    driven.turn(4, "d");
    asked.length = 0;
    driven.endAndTurn(9);
    assert.deepEqual(driven.sent, ["busy", "c d"]);
    assert.deepEqual(asked.slice(0, 3), [
      "3 of 4 since 1",
      "3 of 3 since 2",
      "2 of 2 since 3",
    ]);
  });

  it("A full batch is trimmed to what can be served in time", () => {
    const driven = new Driven({ size: 4, policy: fitting(() => 2.9) });
    driven.turn(0, "a b c d e");
    driven.endAndTurn(1);
    assert.deepEqual(driven.sent, ["a b", "c d"]);
    assert.deepEqual(driven.reasons, ["full", "idle"]);
  });

  it("Whatever fits, no more leave than would", () => {
    for (const fit of [100, Infinity, NaN]) {
      const driven = new Driven({ size: 2, policy: fitting(() => fit) });
      driven.turn(0, "a b c");
      assert.deepEqual(driven.sent, ["a b"], `${fit} fit`);
      driven.endAndTurn(1);
      assert.deepEqual(driven.sent, ["a b", "c"], `${fit} fit`);
    }
  });

  it("All may be dropped, and nothing leaves", () => {
    const driven = new Driven({ size: 2, policy: fitting(() => 0) });
    driven.turn(0, "a b c d e");
    assert.deepEqual(driven.sent, []);
    assert.equal(driven.scheduler.queue.waiting, 0);
  });

  it("A policy that throws when it is asked what fits lets all of them leave", () => {
    const driven = new Driven({
      policy: fitting(() => {
        throw new Error("unfit");
      }),
    });
    driven.turn(0, "a b");
    assert.deepEqual(driven.sent, ["a b"]);
    assert.equal(driven.errors.length > 0, true);
  });

  it("When all must leave, or calls need no slot, it is not asked what fits", () => {
    const driven = new Driven({ policy: fitting(() => 0) });
    driven.turn(0, "inner", { nested: true });
    driven.scheduler.close();
    driven.turn(0, "last");
    assert.deepEqual(driven.sent, ["inner", "last"]);
  });
});

/** A policy that leaves at once, with what fits. */
function fitting(fits: NonNullable<LanePolicy["fits"]>): Policy {
  const lane = natural().forLane({ size: 64, concurrency: 1 });
  return { forLane: () => ({ decide: lane.decide.bind(lane), fits }) };
}
