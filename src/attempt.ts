/**
 * One call of a handler, and how its answer is read.
 *
 * @module
 */
import { type BatchAnswer, drop, outcomesOf } from "./answer.ts";
import {
  abort,
  type BatchContext,
  Context,
  SingleContext,
} from "./batch_context.ts";
import type { CallOptions } from "./call_options.ts";
import type { Batch } from "./core/call.ts";
import { isThenable, type ItemOutcome } from "./outcome.ts";
import { isStream, Stream, type StreamReader } from "./stream.ts";

/** Works on a batch; see {@link BatchAnswer} for what it may answer. */
export type Handler<In, Out> = (
  items: In[],
  batch: BatchContext,
) => BatchAnswer<Out>;

/** Works on a batch of one: the body of a decorated method. */
export type SingleHandler<In, Out> = (
  item: In,
  call: CallOptions,
) => ItemOutcome<Out>;

/** What runs batches. */
export interface Work<In, Out> {
  /** Works on several items, or on any number where there is no `single`. */
  readonly handler: Handler<In, Out>;
  /** Works on one item. */
  readonly single: SingleHandler<In, Out> | undefined;
}

/** Hears what an attempt comes to; items are told by their index in it. Nothing here may throw. */
export interface AttemptReader extends StreamReader {
  /** What became of each item. */
  settle(outcomes: readonly unknown[]): void;
  /** The handler is done: no more will come. */
  close(): void;
}

/** A call of the handler: for a batch, or for a part of it that is run again. */
export class Attempt<In, Out> {
  readonly #size: number;
  readonly #isSingle: boolean;
  readonly #context: Context;
  /** Nobody, when nothing that comes counts any more. */
  #reader: AttemptReader | undefined;
  #stream: Stream | undefined = undefined;
  /** Whether nobody waits for it any more. */
  #isAbandoned = false;

  /** Makes one for so many items of a batch; `isSingle` is for one alone, as its method takes it. */
  constructor(
    batch: Batch<In>,
    size: number,
    isSingle: boolean,
    reader: AttemptReader,
  ) {
    this.#size = size;
    this.#isSingle = isSingle;
    this.#context = isSingle ? new SingleContext(batch) : new Context(batch);
    this.#reader = reader;
  }

  /** Calls the handler. Whatever that does, the reader hears of it, if it answers at all. */
  start(items: In[], { handler, single }: Work<In, Out>): void {
    const context = this.#context;
    let answer: unknown;
    try {
      answer = this.#isSingle
        ? single!(items[0]!, context)
        : handler(items, context);
      if (isThenable(answer)) {
        Promise.resolve(answer).then(
          (answer) => this.#read(answer),
          (error) => this.#fail(error),
        );
        return;
      }
    } catch (error) {
      return this.#fail(error);
    }
    this.#read(answer);
  }

  /** Nobody waits for it any more. */
  abandon(error: unknown): void {
    this.#isAbandoned = true;
    abort(this.#context, error);
    this.#stream?.stop();
  }

  /** Nothing that comes from now on counts: the reader hears no more. */
  cancel(error: unknown): void {
    this.#reader = undefined;
    this.abandon(error);
    this.#stream = undefined;
  }

  /** Whether a stream has told of the item at this index. */
  hasTold(index: number): boolean {
    return this.#stream !== undefined && this.#stream.has(index);
  }

  #read(answer: unknown): void {
    const reader = this.#reader;
    if (reader === undefined) return drop(answer);
    let outcomes: readonly unknown[];
    try {
      if (this.#isSingle) outcomes = [answer];
      else if (isStream(answer)) return this.#follow(answer, reader);
      else outcomes = outcomesOf(answer, this.#size);
    } catch (error) {
      return this.#fail(error);
    }
    reader.settle(outcomes);
    reader.close();
  }

  #follow(answer: AsyncIterable<unknown>, reader: AttemptReader): void {
    this.#stream = new Stream(answer, this.#size);
    if (this.#isAbandoned) this.#stream.stop();
    this.#stream.read(reader).then(() => this.#reader?.close());
  }

  #fail(error: unknown): void {
    this.#reader?.fail(error);
    this.#reader?.close();
  }
}
