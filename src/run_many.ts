/**
 * Many calls, fed as there is room for them.
 *
 * @module
 */
import type { Ending } from "./core/call.ts";
import { ownPromise } from "./own_promise.ts";
import type { Signals } from "./signals.ts";

/** What takes the calls. */
export interface Feed<In, Out> {
  /** Whether the next call would be accepted. */
  hasRoom(): boolean;
  /** Resolves when it will be, and keeps the place for it. */
  ready(signal: AbortSignal | undefined): Promise<void>;
  /** Gives that place back. */
  decline(): void;
  /** Makes a call, `hasPlace` where a place is kept for it. */
  run(item: In, hasPlace: boolean): Promise<Out>;
  /** Whether no call will be accepted any more. */
  isClosed(): boolean;
  /** What each call is aborted by. */
  readonly signal: AbortSignal | undefined;
  /** Who listens to that for the calls. */
  readonly signals: Signals;
}

type Answers<Out> = Out[] | PromiseSettledResult<Out>[];

/**
 * Calls once for each item, in order; stops at the first error unless `settled`. When all further calls would reject,
 * it stops in any case, as an iterable may have no end; an array has one, and is answered in full.
 */
export async function runMany<In, Out>(
  items: Iterable<In> | AsyncIterable<In>,
  settled: boolean,
  feed: Feed<In, Out>,
): Promise<Answers<Out>> {
  const { signal: given, signals } = feed;
  const calls: Promise<Out>[] = [];
  const end = new AbortController();
  const isFull = settled && Array.isArray(items);
  let listening: Ending | undefined;
  try {
    return await ownPromise<Answers<Out>>((resolve, reject) => {
      const stop = (error: unknown) => {
        if (settled) return;
        end.abort();
        reject(error);
      };
      if (given?.aborted) stop(given.reason);
      else if (given) listening = signals.add(given, stopBy, stop);
      const room = () =>
        feed.ready(settled ? given : end.signal).then(() => true, () => false);
      /** Makes a call, which tells by itself why it is not accepted. */
      const offer = (item: In, hasPlace: boolean) => {
        if (end.signal.aborted) {
          if (hasPlace) feed.decline();
          return false;
        }
        const call = feed.run(item, hasPlace);
        call.catch(stop);
        calls.push(call);
        return isFull || !(feed.isClosed() || given?.aborted);
      };
      feedAll(items, feed, room, offer)
        .then((): Promise<Answers<Out>> =>
          settled ? Promise.allSettled(calls) : Promise.all(calls)
        )
        .then(resolve, reject);
    });
  } finally {
    listening?.end();
  }
}

async function feedAll<In>(
  items: Iterable<In> | AsyncIterable<In>,
  feed: { hasRoom(): boolean },
  room: () => Promise<boolean>,
  offer: (item: In, hasPlace: boolean) => boolean,
): Promise<void> {
  if (isAsync(items)) {
    for await (const item of items) {
      const hasPlace = !feed.hasRoom() && await room();
      if (!offer(item, hasPlace)) return;
    }
  } else {
    for (const item of items) {
      const hasPlace = !feed.hasRoom() && await room();
      if (!offer(item, hasPlace)) return;
    }
  }
}

function stopBy(stop: (reason: unknown) => void, reason: unknown): void {
  stop(reason);
}

/** Sync iterables are not awaited, so that promises may be items. */
function isAsync<In>(
  items: Iterable<In> | AsyncIterable<In>,
): items is AsyncIterable<In> {
  return typeof items === "object" && items !== null &&
    Symbol.asyncIterator in items;
}
