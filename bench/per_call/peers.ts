/**
 * Others that give each call a promise, each used in the way that its documentation
 * offers and that is fastest here. Where one has a schedule of its own it keeps that, as
 * timers are dearer; all batches here are full and leave before any timer rings.
 *
 * @module
 */
import { Batcher as ExpoBatcher } from "@expo/batcher";
import { Batcher as PacerBatcher } from "@tanstack/pacer/batcher";
import { create, windowedFiniteBatchScheduler } from "@yornaath/batshit";
import DataLoader from "dataloader";
import { Context, Effect, Exit, Request, RequestResolver } from "effect";
import { Batcher as PromiseBatcher } from "promise-batcher";
import type { Batching, MakeCall, Work } from "./calls.ts";

/** Without its cache, on its own schedule. */
export function dataloader({ size }: Batching, work: Work): MakeCall {
  const loader = new DataLoader<number, number>(
    (items) => Promise.resolve(work(items as number[])),
    { cache: false, maxBatchSize: size },
  );
  return (item) => loader.load(item);
}

/** On its own schedule, which is without timers. */
export function expo({ size }: Batching, work: Work): MakeCall {
  const batcher = new ExpoBatcher<number, number>(
    (items) => Promise.resolve(work(items)),
    { maxBatchSize: size },
  );
  return (item) => batcher.batchAsync(item);
}

/** Its timer stands from the first item of a batch to its last. */
export function promiseBatcher(
  { size, maxWaitMs }: Batching,
  work: Work,
): MakeCall {
  const batcher = new PromiseBatcher<number, number>({
    batchingFunction: (items) => work(items as number[]),
    maxBatchSize: size,
    queuingDelay: maxWaitMs,
  });
  return (item) => batcher.getResult(item);
}

/** It merges equal items, and so answers by item: a map is the fastest way to find one. */
export function batshit({ size, maxWaitMs }: Batching, work: Work): MakeCall {
  const batcher = create({
    fetcher: (items: number[]) => {
      const answers = work(items);
      return Promise.resolve(
        new Map(items.map((item, index) => [item, answers[index]!])),
      );
    },
    resolver: (answers, item: number) => answers.get(item)!,
    scheduler: windowedFiniteBatchScheduler({
      windowMs: maxWaitMs,
      maxBatchSize: size,
    }),
  });
  return (item) => batcher.fetch(item);
}

/** The lighter of its batchers. It answers nobody, so the promise is made here. */
export function pacer({ size, maxWaitMs }: Batching, work: Work): MakeCall {
  interface Call {
    readonly item: number;
    readonly resolve: (answer: number) => void;
  }
  const batcher = new PacerBatcher<Call>((calls) => {
    const answers = work(calls.map(({ item }) => item));
    calls.forEach(({ resolve }, index) => resolve(answers[index]!));
  }, { maxSize: size, wait: maxWaitMs });
  return (item) => new Promise((resolve) => batcher.addItem({ item, resolve }));
}

class Answer extends Request.Class<{ item: number }, number> {}

/** Its requests made from outside of effects, several times faster than running an effect for each. */
export function effect({ size }: Batching, work: Work): MakeCall {
  const resolver = RequestResolver.make<Answer>((entries) =>
    Effect.sync(() => {
      const answers = work(entries.map(({ request }) => request.item));
      entries.forEach((entry, index) =>
        entry.completeUnsafe(Exit.succeed(answers[index]!))
      );
    })
  ).pipe(RequestResolver.batchN(size));
  const context = Context.empty();
  return (item) =>
    new Promise((resolve, reject) => {
      const onExit = (exit: Exit.Exit<number>) =>
        exit._tag === "Success" ? resolve(exit.value) : reject(exit.cause);
      Effect.requestUnsafe(new Answer({ item }), {
        resolver,
        onExit,
        context,
      });
    });
}
