/**
 * Handlers that stream, bit by bit as the test says.
 *
 * @module
 */
import type { BatchContext, StreamedAnswer } from "../../mod.ts";

/** Whatever a handler may stream, right or wrong. */
type Step = { value: unknown } | { error: unknown } | { done: true };

/** The stream of one batch. */
export class HeldStream implements AsyncIterator<unknown> {
  /** How often it was asked to end. */
  returns = 0;
  /** How often the next pair was asked for. */
  pulls = 0;
  /** Tells when it has ended after it was asked to; at once unless the test holds it. */
  cleanUp: Promise<unknown> = Promise.resolve();
  readonly items: unknown[];
  readonly batch: BatchContext;
  readonly #steps: Step[] = [];
  #waiting: (() => void) | undefined;

  /** Makes one that has nothing yet. */
  constructor(items: unknown[], batch: BatchContext) {
    this.items = items;
    this.batch = batch;
  }

  /** Streams what became of an item. */
  tell(index: unknown, outcome?: unknown): void {
    this.#add({ value: [index, outcome] });
  }

  /** Streams anything. */
  push(value: unknown): void {
    this.#add({ value });
  }

  /** Throws. */
  fail(error: unknown): void {
    this.#add({ error });
  }

  /** Ends. */
  end(): void {
    this.#add({ done: true });
  }

  async next(): Promise<IteratorResult<unknown>> {
    this.pulls++;
    while (this.#steps.length === 0) {
      await new Promise<void>((resolve) => this.#waiting = resolve);
    }
    const step = this.#steps.shift()!;
    if ("error" in step) throw step.error;
    return "done" in step
      ? { done: true, value: undefined }
      : { done: false, value: step.value };
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.returns++;
    await this.cleanUp;
    return { done: true, value: undefined };
  }

  #add(step: Step): void {
    this.#steps.push(step);
    this.#waiting?.();
  }
}

/** A handler whose batches the test streams. */
export interface StreamingHandler {
  (items: number[], batch: BatchContext): StreamedAnswer<unknown>;
  readonly streams: HeldStream[];
}

/** Makes one. */
export function streamingHandler(): StreamingHandler {
  const streams: HeldStream[] = [];
  const handler = (items: number[], batch: BatchContext) => {
    const stream = new HeldStream([...items], batch);
    streams.push(stream);
    return {
      [Symbol.asyncIterator]: () => stream as AsyncIterator<never>,
    };
  };
  return Object.assign(handler, { streams });
}
