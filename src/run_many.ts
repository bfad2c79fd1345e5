/**
 * Many calls, fed as there is room for them.
 *
 * @module
 */
import type { Ending } from "./core/call.ts";
import { isObject, wrong } from "./core/check.ts";
import { ownPromise } from "./own_promise.ts";
import { announce, type Place } from "./places.ts";
import { listen } from "./signals.ts";

/** What takes the calls. */
export interface Feed<In, Out> {
  /** Whether the next call need not wait: it would be accepted, or never will be. */
  hasRoom(): boolean;
  /** Makes a call, in the place that is kept for it, if one is. */
  run(item: In, place: Place | undefined): Promise<Out>;
  /** Whether no call will be accepted any more. */
  isClosed(): boolean;
  /** What each call is aborted by. */
  readonly signal: AbortSignal | undefined;
  /** Where to wait for room. */
  readonly room: {
    /** Resolves when there is, and keeps a place, which is still to be announced. */
    wait(signal: AbortSignal | undefined): Promise<Place>;
    /** Gives that place back, once announced. */
    decline(): void;
  };
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
  const { signal: given, room } = feed;
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
      if (given && !given.aborted) {
        listening = listen(given, (stop, reason) => stop(reason), stop);
      }
      // Again: a signal of the user's own may abort as it is listened to.
      if (given?.aborted) stop(given.reason);
      const wait = () =>
        room.wait(settled ? given : end.signal).catch(() => undefined);
      /** Makes a call, which tells by itself why it is not accepted. */
      const offer = (item: In, place: Place | undefined) => {
        // No sooner: others may call before this goes on.
        if (place) announce(place);
        if (end.signal.aborted) {
          if (place) room.decline();
          return false;
        }
        // Not as it comes in: a hook that hears of it may close, which only the next one tells.
        const isLast = feed.isClosed() || given?.aborted;
        const call = feed.run(item, place);
        call.catch(stop);
        calls.push(call);
        return isFull || !isLast;
      };
      feedAll(items, feed, wait, offer)
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
  wait: () => Promise<Place | undefined>,
  offer: (item: In, place: Place | undefined) => boolean,
): Promise<void> {
  if (isAsync(items)) {
    for await (const item of items) {
      const place = feed.hasRoom() ? undefined : await wait();
      if (!offer(item, place)) return;
    }
  } else if (typeof items?.[Symbol.iterator] === "function") {
    for (const item of items) {
      const place = feed.hasRoom() ? undefined : await wait();
      if (!offer(item, place)) return;
    }
  } else throw wrong("take the call", "items", "be iterable", items);
}

/** Sync iterables are not awaited, so that promises may be items. */
function isAsync<In>(
  items: Iterable<In> | AsyncIterable<In>,
): items is AsyncIterable<In> {
  return isObject(items) && Symbol.asyncIterator in items;
}
