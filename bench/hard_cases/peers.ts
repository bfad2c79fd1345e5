/**
 * Batchers under test, each used in the way that its documentation offers.
 *
 * @module
 */
import { Batcher as ExpoBatcher } from "@expo/batcher";
import { AsyncBatcher as PacerBatcher } from "@tanstack/pacer/async-batcher";
import {
  create,
  keyResolver,
  windowedFiniteBatchScheduler,
} from "@yornaath/batshit";
import DataLoader from "dataloader";
import { Effect, Exit, Request, RequestResolver } from "effect";
import { Batcher as PromiseBatcher } from "promise-batcher";
import { type BatchAnswer, batched } from "../../mod.ts";

/** What a batch function does with its items. It may throw, and answer what it should not. */
export type Work = (items: number[]) => Promise<number[]>;

/** How batches are filled. */
export interface Filling {
  readonly size: number;
  readonly windowMs: number;
}

/** Makes a function of one item. */
export type Peer = (
  work: Work,
  filling: Filling,
) => (item: number) => Promise<unknown>;

/** By name. */
export const peers: Record<string, Peer> = {
  batched: (work, { size, windowMs }) =>
    batched((items: number[]): BatchAnswer<number> => work(items), {
      size,
      maxWaitMs: windowMs,
    }),

  dataloader(work, { size, windowMs }) {
    const loader = new DataLoader<number, number>(
      (items) => work(items as number[]),
      {
        cache: false,
        maxBatchSize: size,
        batchScheduleFn: (send) => setTimeout(send, windowMs),
      },
    );
    return (item) => loader.load(item);
  },

  batshit(work, { size, windowMs }) {
    const batcher = create({
      fetcher: (ids: number[]) =>
        work(ids).then((answers) =>
          answers.map((answer, index) => ({ id: ids[index]!, answer }))
        ),
      resolver: keyResolver("id"),
      scheduler: windowedFiniteBatchScheduler({
        windowMs,
        maxBatchSize: size,
      }),
    });
    return async (item) => (await batcher.fetch(item))?.answer;
  },

  "promise-batcher"(work, { size, windowMs }) {
    const batcher = new PromiseBatcher<number, number>({
      batchingFunction: (items) => work(items as number[]),
      maxBatchSize: size,
      queuingDelay: windowMs,
    });
    return (item) => batcher.getResult(item);
  },

  expo(work, { size, windowMs }) {
    const batcher = new ExpoBatcher<number, number>(work, {
      maxBatchSize: size,
      maxBatchInterval: windowMs,
    });
    return (item) => batcher.batchAsync(item);
  },

  pacer(work, { size, windowMs }) {
    const batcher = new PacerBatcher<number>(work, {
      maxSize: size,
      wait: windowMs,
    });
    return (item) => batcher.addItem(item);
  },

  effect(work, { size, windowMs }) {
    const resolver = RequestResolver.make<Answer>((entries) =>
      Effect.tryPromise({
        try: () => work(entries.map(({ request }) => request.item)),
        catch: (error) => error,
      }).pipe(
        Effect.map((answers) =>
          answers.forEach((answer, index) =>
            entries[index]!.completeUnsafe(
              (answer as unknown) instanceof Error
                ? Exit.fail(answer)
                : Exit.succeed(answer),
            )
          )
        ),
      )
    ).pipe(
      RequestResolver.setDelay(windowMs),
      RequestResolver.batchN(size),
    );
    return (item) =>
      Effect.runPromise(Effect.request(new Answer({ item }), resolver));
  },
};

class Answer extends Request.Class<{ item: number }, number, unknown> {}
