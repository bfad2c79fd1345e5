import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type Arrivals,
  bursts,
  closedLoop,
  groups,
  poisson,
  varying,
} from "../../../bench/simulation/arrivals.ts";
import { Events } from "../../../bench/simulation/events.ts";
import { Random } from "../../../bench/simulation/random.ts";

/** When calls come, up to that time; each is answered after `answerMs`. */
function callsOf(arrivals: Arrivals, untilMs: number, answerMs = 1): number[] {
  const events = new Events();
  const times: number[] = [];
  arrivals({
    events,
    random: new Random(7),
    call(now, caller) {
      times.push(now);
      const answer = { happen: (now: number) => caller!.hear(now, false) };
      if (caller) events.add(now + answerMs, answer);
    },
  });
  while (events.nextAt < untilMs) {
    const now = events.nextAt;
    events.take().happen(now);
  }
  return times;
}

/** How much more the numbers of calls in spans of that length vary than those of independent callers. */
function burstiness(times: readonly number[], spanMs: number): number {
  const spans = Math.floor(times.at(-1)! / spanMs);
  const counts = new Array<number>(spans).fill(0);
  for (const time of times) {
    const span = Math.floor(time / spanMs);
    if (span < spans) counts[span]!++;
  }
  const mean = counts.reduce((a, b) => a + b) / spans;
  const squares = counts.map((count) => (count - mean) ** 2);
  return squares.reduce((a, b) => a + b) / spans / mean;
}

describe("Arrivals", () => {
  it("Every kind comes as often as it was told to", () => {
    const rate = 0.5;
    const kinds = [
      poisson(rate),
      groups(rate, 8, 0.3),
      groups(rate, 8, 0),
      bursts(rate, { factor: 20, burstMs: 50 }),
      varying(1, (time) => time % 200 < 100 ? 1 : 0),
    ];
    for (const arrivals of kinds) {
      const perMs = callsOf(arrivals, 1e6).length / 1e6;
      assert.ok(Math.abs(perMs / rate - 1) < 0.03, `${perMs}`);
    }
  });

  it("Independent callers are not bursty, groups and bursts are", () => {
    const ofPoisson = burstiness(callsOf(poisson(1), 1e5), 10);
    assert.ok(ofPoisson > 0.9 && ofPoisson < 1.1, `${ofPoisson}`);
    assert.ok(burstiness(callsOf(groups(1, 8, 0.1), 1e5), 10) > 4);
    const burst = bursts(1, { factor: 20, burstMs: 50 });
    assert.ok(burstiness(callsOf(burst, 1e5), 10) > 4);
  });

  it("Groups without gaps come in one moment", () => {
    const times = callsOf(groups(1, 5, 0), 1000);
    for (let i = 0; i + 4 < times.length; i += 5) {
      assert.equal(times[i], times[i + 4]);
    }
  });

  it("Callers call again when they have been answered and have thought", () => {
    const times = callsOf(closedLoop(3, () => 4), 101, 6);
    assert.equal(times.length, 3 * 10);
  });

  it("Callers may begin one after another", () => {
    const times = callsOf(closedLoop(4, () => 1e6, 400), 2e6);
    assert.deepEqual(times.slice(0, 4), [1e6, 1_000_100, 1_000_200, 1_000_300]);
  });
});
