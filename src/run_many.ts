/**
 * Many calls, fed as there is room for them.
 *
 * @module
 */

/** What takes the calls. */
export interface Feed<In, Out> {
  /** Whether the next call would be accepted. */
  hasRoom(): boolean;
  /** Resolves when it may be. */
  ready(): Promise<void>;
  /** Makes a call. */
  run(item: In): Promise<Out>;
}

/** Calls once for each item, in order; stops at the first error unless `settled`. */
export async function runMany<In, Out>(
  items: Iterable<In> | AsyncIterable<In>,
  settled: boolean,
  feed: Feed<In, Out>,
): Promise<Out[] | PromiseSettledResult<Out>[]> {
  const calls: Promise<Out>[] = [];
  let isStopped = false;
  let stop: (error: unknown) => void = () => {};
  const stopped = new Promise<never>((_, reject) => stop = reject);
  const onError = (error: unknown) => {
    if (settled) return;
    isStopped = true;
    stop(error);
  };
  stopped.catch(() => {});

  const room = async () => {
    while (!isStopped && !feed.hasRoom()) await feed.ready();
  };
  const offer = (item: In) => {
    const call = feed.run(item);
    call.catch(onError);
    calls.push(call);
  };
  const feedAll = async () => {
    if (Symbol.asyncIterator in items) {
      for await (const item of items) {
        if (!feed.hasRoom()) await room().catch(() => {});
        if (isStopped) return;
        offer(item);
      }
    } else {
      for (const item of items) {
        if (!feed.hasRoom()) await room().catch(() => {});
        if (isStopped) return;
        offer(item);
      }
    }
  };
  await Promise.race([feedAll(), stopped]);
  return settled
    ? Promise.allSettled(calls)
    : Promise.race([Promise.all(calls), stopped]);
}
