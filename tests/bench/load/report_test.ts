import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { batchesIn, meanBatch } from "../../../bench/load/batches.ts";
import { cpuMsInStat, cpuMsInTime } from "../../../bench/load/cpu_of.ts";
import { demandsOf, halfFailing } from "../../../bench/load/findings.ts";
import { Tally } from "../../../bench/load/open_loop.ts";
import { pageOf, type Report } from "../../../bench/load/page.ts";
import {
  allowedAt,
  bearingOf,
  overloadOf,
  type OverloadRound,
} from "../../../bench/load/overload.ts";
import { type Seen, seenIn } from "../../../bench/load/seen.ts";
import type { Trial } from "../../../bench/load/trial.ts";

const frame = {
  at: 2,
  seconds: 2,
  perSecond: 10,
  timeoutMs: 1000,
  answered: 10,
  meanBatch: 3,
};

/** So many good ones that took 10 ms, refused ones that took 5, and ones that were given up. */
function tallyOf(good: number, refused: number, lost: number): Tally {
  const tally = new Tally();
  for (let i = 0; i < good; i++) tally.latencies.add(10);
  for (let i = 0; i < refused; i++) {
    tally.refusals.add(5);
    tally.fail(503);
  }
  for (let i = 0; i < lost; i++) tally.fail(0);
  for (let i = 0; i < good + refused + lost; i++) tally.lateness.add(1);
  return tally;
}

/** What is seen where so many are good, and so many are given up. */
function step(good: number, lost: number): Seen {
  return seenIn(tallyOf(good, 0, lost), { ...frame, answered: good });
}

describe("seenIn()", () => {
  it("Counts per second what was good, refused and given up", () => {
    const seen = seenIn(tallyOf(10, 6, 4), frame);
    assert.equal(seen.offered, 10);
    assert.equal(seen.good, 5);
    assert.equal(seen.refused, 3);
    assert.equal(seen.lost, 2);
    assert.equal(seen.failedShare, 0.5);
    assert.ok(Math.abs(seen.refusalP95Ms - 5) < 0.1);
  });

  it("Whoever gave up has waited for all of its patience", () => {
    const seen = seenIn(tallyOf(90, 0, 10), frame);
    assert.ok(Math.abs(seen.p50Ms - 10) < 0.1);
    assert.equal(seen.p95Ms, 1000);
  });

  it("Whoever was refused did not wait", () => {
    assert.ok(seenIn(tallyOf(10, 90, 0), frame).p95Ms < 11);
  });

  it("What is answered after its end was not done in it", () => {
    assert.equal(seenIn(tallyOf(10, 0, 0), { ...frame, answered: 4 }).good, 2);
  });

  it("Nothing is nothing", () => {
    const seen = seenIn(new Tally(), frame);
    assert.equal(seen.failedShare, 0);
    assert.equal(seen.p95Ms, 0);
  });
});

describe("A tally", () => {
  it("Includes all that another one has counted", () => {
    const tally = tallyOf(1, 2, 3);
    tally.include(tallyOf(10, 20, 30));
    assert.deepEqual(seenIn(tally, frame), seenIn(tallyOf(11, 22, 33), frame));
    assert.equal(tally.failures.get(503), 22);
  });
});

describe("batchesIn()", () => {
  it("Reads those of predict among others", () => {
    const labels = (name: string) => `{batched_name="${name}",scope="x"}`;
    const batches = batchesIn([
      `batched_batch_size_count${labels("classify")} 7`,
      `batched_batch_size_count${labels("predict")} 4`,
      `batched_batch_size_sum${labels("predict")} 10`,
      `batched_queue_depth${labels("predictAlone")} 6`,
      `batched_queue_depth${labels("predict")} 3`,
    ].join("\n"));
    assert.deepEqual(batches, { batches: 4, calls: 10, waiting: 3 });
  });

  it("There are none before the first one", () => {
    const none = batchesIn("");
    assert.deepEqual(none, { batches: 0, calls: 0, waiting: 0 });
    assert.equal(meanBatch(none, none), 0);
    assert.equal(meanBatch(none, { batches: 2, calls: 5, waiting: 0 }), 2.5);
  });
});

describe("The CPU time of another process", () => {
  it("Is read from what Linux says, whatever the process is called", () => {
    const fields = "S 1 2 3 4 5 6 7 8 9 10 120 30 0 0";
    assert.equal(cpuMsInStat(`42 (a) b) ${fields}`), 1500);
  });

  it("Is read from what ps says", () => {
    assert.equal(cpuMsInTime(" 1:02.50\n"), 62_500);
    assert.equal(cpuMsInTime("01:00:01"), 3_601_000);
  });
});

describe("overloadOf()", () => {
  it("Those rounds count around which the capacity changed the least", () => {
    const { r, served, share } = overloadOf([
      roundOf({ capacities: [100, 200], served: 0.1 }),
      roundOf({ capacities: [100, 99], r: 0.3, served: 0.7, allowed: 0.7 }),
      roundOf({ capacities: [200, 100], served: 0.2 }),
    ]);
    assert.deepEqual({ r, served, share }, { r: 0.3, served: 0.7, share: 1 });
  });

  it("Rounds count in which the price of a refusal could be measured", () => {
    const steady = { capacities: [100, 100], served: 0.1 } as const;
    const lost = [-0.2, 0, 1, 3, NaN].map((r) => roundOf({ ...steady, r }));
    assert.equal(overloadOf([...lost, roundOf({ r: 0.3 })]).r, 0.3);
    assert.equal(overloadOf(lost).r, NaN);
  });
});

describe("bearingOf()", () => {
  const spent = {
    good: 100,
    refused: 50,
    spentUs: 11_000,
    refusalUs: 20,
    about: 90,
  };

  it("A service could answer more if it refused nobody", () => {
    assert.deepEqual(bearingOf(spent), { perSecond: 110, answerUs: 100 });
  });

  it("Where prices were lost in the noise, what was known before still holds", () => {
    const lost = [
      { refusalUs: 300 },
      { refusalUs: 0 },
      { refusalUs: 80 },
      { refusalUs: Infinity },
      { good: 0 },
      { good: 0, refused: 0, refusalUs: NaN },
    ];
    for (const changes of lost) {
      assert.deepEqual(
        bearingOf({ ...spent, ...changes }),
        { perSecond: 90, answerUs: NaN },
      );
    }
  });
});

describe("allowedAt()", () => {
  it("Refusals take from what can be served", () => {
    assert.equal(allowedAt(1.5, 0), 1);
    assert.equal(allowedAt(1.5, 0.2).toFixed(3), "0.875");
    assert.equal(allowedAt(1.5, 0.7), 0);
  });
});

function roundOf(changes: Partial<OverloadRound> = {}): OverloadRound {
  return {
    capacities: [100, 110],
    r: 0.2,
    load: 1.5,
    served: 0.86,
    allowed: 0.875,
    seen: seenIn(tallyOf(90, 60, 0), frame),
    ...changes,
  };
}

/** Good enough in everything, but for what is said otherwise. */
function trialOf(changes: Partial<Trial> = {}): Trial {
  const prices = {
    batchedUs: 40,
    aloneUs: 400,
    gain: 10,
    bareUs: 15,
    modelUs: 15,
    meanBatch: 60,
    overhead: 1.3,
  };
  const overload = overloadOf([roundOf()]);
  const climbed = (path: string, steps: Seen[]) => ({
    path,
    seconds: steps,
    steps,
    beside: [],
    saturation: Math.max(...steps.map(({ good }) => good)),
  });
  return {
    prices,
    alone: climbed("/predict", [step(10, 0), step(10, 10), step(0, 400)]),
    batched: climbed("/optimized_predict", [
      step(10, 0),
      step(20, 0),
      step(400, 0),
    ]),
    overload,
    ...changes,
  };
}

const report: Report = {
  trial: trialOf(),
  demands: demandsOf(trialOf()),
  machine: {
    runtime: "Deno <2>",
    engine: "V8",
    cpu: "cpu",
    cores: 2,
    os: "Linux",
  },
  date: "2026-01-01",
};

describe("demandsOf()", () => {
  const missed = (trial: Trial) =>
    demandsOf(trial).filter(({ isMet }) => !isMet).map(({ what }) => what);

  it("All are met by what is good enough", () => {
    assert.equal(demandsOf(trialOf()).length, 6);
    assert.deepEqual(missed(trialOf()), []);
  });

  it("Both endpoints are compared where one of them fails half", () => {
    const half = halfFailing(trialOf())!;
    assert.equal(half.alone.failedShare, 0.5);
    assert.equal(half.batched.good, 10);
  });

  it("A failure is noticed where the other endpoint fails half", () => {
    const { batched, ...rest } = trialOf();
    const steps = [step(10, 0), step(19, 1), step(400, 0)];
    const trial = { ...rest, batched: { ...batched, steps } };
    assert.match(missed(trial)[0]!, /^failures at/);
  });

  it("A load that was too light for all of it is no success", () => {
    const { alone, ...rest } = trialOf();
    const trial = { ...rest, alone: { ...alone, steps: [step(10, 0)] } };
    assert.deepEqual(missed(trial), ["steps in which /predict fails half"]);
  });

  it("An overload in which nobody is refused says nothing of refusals", () => {
    const seen = seenIn(tallyOf(150, 0, 0), frame);
    const trial = trialOf({ overload: overloadOf([roundOf({ seen })]) });
    assert.deepEqual(missed(trial), [
      "rounds of the overload in which calls are refused",
    ]);
    assert.match(pageOf({ ...report, trial }), /<strong>–<\/strong>p95 of a/);
  });

  it("Refusals that leave no room for answers are no excuse", () => {
    const { overload, ...rest } = trialOf();
    const rounds = overload.rounds.map((round) => ({ ...round, allowed: 0 }));
    const trial = { ...rest, overload: overloadOf(rounds) };
    assert.match(missed(trial)[0]!, /^served at 1.5 x/);
  });
});

describe("pageOf()", () => {
  const page = pageOf(report);

  it("Needs nothing but itself", () => {
    assert.doesNotMatch(page, /<(script|img|link|iframe)[^>]* (src|href)=/);
    assert.doesNotMatch(page, /@import|url\((?!#)/);
  });

  it("Has a chart of the whole and charts of both endpoints, the batches of one", () => {
    assert.equal(page.match(/<svg /g)!.length, 1 + 4 + 4);
  });

  it("Carries its data, and shows text as text", () => {
    const [, data] = /id="data">(.*)<\/script>/.exec(page)!;
    assert.equal(JSON.parse(data!).trial.overload.r, 0.2);
    assert.doesNotMatch(page, /Deno <2>/);
  });
});
