/**
 * Whether what the batcher says of itself agrees with what was seen of it.
 *
 * @module
 */
import type {
  BatchEndEvent,
  BatcherStats,
  BatchEvent,
  LeaveEvent,
} from "../../mod.ts";
import type { Caller, SimBatch, Went } from "./caller.ts";
import type { Model } from "./model.ts";

/** What is asked of the batcher. */
export interface Accounts {
  readonly pending: number;
  readonly closed: boolean;
  readonly full: boolean;
  stats(): BatcherStats;
}

const WAYS: Record<Went, number> = {
  result: 0,
  failure: 0,
  aborted: 0,
  expired: 0,
  refused: 0,
  dropped: 0,
  "refused or dropped": 0,
  closed: 0,
  flawed: 0,
};

/** Counts what was seen. */
export class Tally {
  /** How the calls went. */
  readonly ways: Record<Went, number> = { ...WAYS };
  /** How often something that was to be told has thrown. */
  thrown = 0;
  /** The calls that `onCall` was told of. */
  readonly accepted: Set<Caller> = new Set();
  /** How often `onLeave` was told why. */
  readonly leaves: Record<LeaveEvent["reason"], number> = {
    aborted: 0,
    expired: 0,
    dropped: 0,
    closed: 0,
  };
  /** What `onBatchStart` was told of a batch whose handler has not been called yet. */
  start: BatchEvent | undefined;
  /** What `onBatchEnd` was told, by the number of the batch. */
  readonly ends: Map<number, BatchEndEvent> = new Map();
  /** By how much times may differ, since the clock is not read for each call. */
  slackMs = 0;
  size = 0;
  mostSize = 0;
  waitMs = 0;
  mostWaitMs = 0;
  runMs = 0;
  ended = 0;

  /** A call went that way. */
  count(way: Went): void {
    this.ways[way]++;
  }

  /** A batch leaves. */
  started({ callers, startedAt, since }: SimBatch): void {
    const oldest = callers.reduce((a, b) => b.id < a.id ? b : a);
    this.slackMs += oldest.at - oldest.since + startedAt - since;
    const waitMs = startedAt - oldest.at;
    this.size += callers.length;
    this.mostSize = Math.max(this.mostSize, callers.length);
    this.waitMs += waitMs;
    this.mostWaitMs = Math.max(this.mostWaitMs, waitMs);
  }
}

/** At rest all numbers agree. */
export function checkAccounts(model: Model, batcher: Accounts): void {
  const stats = batcher.stats();
  const { tally, waiting, callers, unseen, setup } = model;
  const { running, batches } = model.slots;
  const { ways } = tally;
  const now = model.clock.now();
  const unclear = ways["refused or dropped"];
  const refused = stats.refused - ways.refused;
  const oldestAt = Math.min(now, ...waiting.map(({ at }) => at));
  const oldestRunAt = Math.min(now, ...running.map((b) => b.startedAt));
  const mean = (sum: number) => batches.length === 0 ? 0 : sum / batches.length;
  const reasons = Object.values(stats.reasons).reduce((a, b) => a + b, 0);
  const agree: [string, number, number][] = [
    ["pending", batcher.pending, unseen.size],
    ["calls", stats.calls, callers.length - stats.refused - ways.flawed],
    ["results", stats.results, ways.result],
    ["failures", stats.failures, ways.failure],
    ["aborted", stats.aborted, ways.aborted],
    ["expired", stats.expired, ways.expired],
    ["dropped", stats.dropped, ways.dropped + ways.closed + unclear - refused],
    ["waiting", stats.waiting, waiting.length],
    ["batches", stats.batches, batches.length],
    ["reasons", reasons, batches.length],
    ["oldestWaitMs", stats.oldestWaitMs, now - oldestAt],
    ["hookErrors", stats.hookErrors, tally.thrown],
    ["size.mean", stats.size.mean, mean(tally.size)],
    ["size.max", stats.size.max, tally.mostSize],
    ["waitMs.mean", stats.waitMs.mean, mean(tally.waitMs)],
    ["waitMs.max", stats.waitMs.max, tally.mostWaitMs],
  ];
  if (model.slots.vague === 0) {
    agree.push(
      ["running", stats.running, running.length],
      ["oldestRunMs", stats.oldestRunMs, now - oldestRunAt],
    );
  }
  if (setup.hooks !== "none") {
    const runMs = tally.ended === 0 ? 0 : tally.runMs / tally.ended;
    agree.push(["runMs.mean", stats.runMs.mean, runMs]);
  }
  const slackMs = waiting.reduce(
    (most, { at, since }) => Math.max(most, at - since),
    tally.slackMs,
  );
  for (const [name, is, should] of agree) {
    model.demand(
      "The accounts agree with what was seen",
      Math.abs(is - should) <= (name.includes("aitMs") ? slackMs : 0) + 1e-6,
      () => `${name} is ${is}, not ${should}`,
    );
  }
  model.demand(
    "R18 whoever is refused is counted once",
    refused >= 0 && refused <= unclear,
    () => `${stats.refused} are`,
  );
  model.demand(
    "R20 `closed` says whether calls are accepted",
    batcher.closed === model.endings.isClosed,
    () => `it is ${batcher.closed}`,
  );
}
