/**
 * Turns an async single-item method into one whose calls travel in batches.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import assert from "node:assert/strict";
 *
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), { size: 64, maxWaitMs: 4 });
 * assert.deepEqual(await Promise.all([double(1), double(2)]), [2, 4]);
 * ```
 *
 * @module
 */
export { batched, type BatchedFunction } from "./src/batched.ts";
export { Batcher } from "./src/batcher.ts";
export { Batched } from "./src/decorator/decorator.ts";
export {
  type BatchedMethod,
  batchedMethods,
  type BatcherOf,
  batcherOf,
  batchersOf,
  closeAll,
} from "./src/decorator/registry.ts";
export type { BatchedOptions } from "./src/decorator/options.ts";
export type { HandlerDecorator, TwinDecorator } from "./src/decorator/twin.ts";
export type { BatchContext } from "./src/batch_context.ts";
export type { CallOptions } from "./src/call_options.ts";
export type { Handler, SingleHandler } from "./src/attempt.ts";
export {
  align,
  alignGroups,
  type AlignKey,
  type Gap,
  type Keyed,
  type KeyFor,
} from "./src/align.ts";
export { type BatchAnswer, one, type SettledAnswer } from "./src/answer.ts";
export {
  done,
  failed,
  type ItemOutcome,
  Outcome,
  retryLater,
} from "./src/outcome.ts";
export type { StreamedAnswer } from "./src/stream.ts";
export type {
  BatcherChanges,
  BatcherOptions,
  Overflow,
  RetryOptions,
} from "./src/options.ts";
export type { Isolation } from "./src/repair.ts";
export type {
  BatchEndEvent,
  BatchEvent,
  CallEvent,
  Hooks,
  LeaveEvent,
} from "./src/hooks.ts";
export type { BatcherStats, Distribution } from "./src/stats.ts";
export {
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  type ErrorCode,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
} from "./src/errors.ts";
export { defaultHost, type Host, type HostTimer } from "./src/host.ts";
export {
  adaptive,
  type AdaptiveOptions,
} from "./src/core/adaptive/adaptive.ts";
export {
  type LanePolicy,
  type LaneView,
  type Limits,
  natural,
  type Policy,
  type RunningBatch,
  type SlotsView,
  type Verdict,
  window,
} from "./src/core/policy.ts";
export type { Port } from "./src/core/port.ts";
export { Scheduler, type SchedulerOptions } from "./src/core/scheduler.ts";
export type { LaneOptions } from "./src/core/lane_map.ts";
export { Queue } from "./src/core/queue.ts";
export { type Alarmed, Alarms } from "./src/core/alarms.ts";
export {
  Batch,
  type BatchRun,
  Call,
  type Ending,
  type Entry,
  type Home,
  type Hurry,
  type LaneKey,
  type LeaveReason,
  type Resolve,
  type SettleInfo,
  type Ticket,
  type Visit,
} from "./src/core/call.ts";
export { type DeadlinePort, Deadlines } from "./src/core/deadlines.ts";
export { Lane, type LanePlan } from "./src/core/lane.ts";
export { Line } from "./src/core/line.ts";
export { Lines, type Load } from "./src/core/lines.ts";
export type { RateLimit } from "./src/core/rate.ts";
export { Returns } from "./src/core/returns.ts";
export { Slots } from "./src/core/slots.ts";
