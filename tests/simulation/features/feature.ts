/**
 * What a proof says of its feature beyond what is always so.
 *
 * @module
 */
import type { BatcherOptions } from "../../../mod.ts";
import type { Caller, Run } from "./caller.ts";

/** What a handler does: answers, or throws. */
export type Reply = { readonly answer: unknown } | { readonly error: unknown };

/** What a batcher has to keep to. */
export interface Limits {
  readonly size: number;
  readonly concurrency: number;
  /** `undefined` is adaptive. */
  readonly maxWaitMs: number | undefined;
}

/** A feature under proof. Whatever is left out is as it is without it. */
export interface Feature {
  /** Its options. */
  readonly options: BatcherOptions<Caller>;
  /** What changes of the limits. */
  limits?(): Limits;
  /** A turn of the event loop begins. */
  turned?(): void;
  /** Everything that waits is to leave. */
  flushed?(): void;
  /** What the handler replies. */
  reply?(run: Run, kinds: readonly number[]): Reply;
  /** A run of the handler starts. */
  started?(run: Run): void;
  /** Whether a call may hear what was said of the item of another one in this run. */
  mayShare?(caller: Caller, item: Caller, run: Run): boolean;
  /** Whether a call may hear of an error that the library has made. */
  mayFail?(caller: Caller, error: unknown): boolean;
  /** Whether a call waits, though it is neither answered nor in a run. */
  isWaiting?(caller: Caller): boolean;
  /** Everything has come to rest. */
  rested?(): void;
  /** In the end everybody has been answered. */
  ended?(): void;
}
