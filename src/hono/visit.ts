/**
 * One request: what its calls may ask for, and its answer.
 *
 * @module
 */
import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import type { SettleInfo } from "../core/call.ts";
import { defaultHost } from "../host.ts";
import { isThenable } from "../outcome.ts";
import type { CallOptions } from "../call_options.ts";
import { deadlineError, leftOf } from "./deadlines.ts";
import type { Exposed } from "./exposed.ts";
import type { Serving } from "./options.ts";
import {
  isOurFault,
  Problem,
  PROBLEM_TYPE,
  problemAnswer,
  problemOf,
} from "./problems.ts";
import { timingOf } from "./timing.ts";

const TIMING = "server-timing";

/** What may be answered. */
export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream;

/** A request to a method. It lasts until the answer has gone. */
export class Visit {
  readonly exposed: Exposed;
  readonly #c: Context;
  readonly #since = performance.now();
  /** By when the client hears, in ms from its request. */
  #deadlineMs: number | undefined;
  /** The batch that answered the first of its calls; set by `onSettle`. */
  #info: SettleInfo | undefined;

  /** Begins. */
  constructor(c: Context, exposed: Exposed) {
    this.#c = c;
    this.exposed = exposed;
  }

  /**
   * An answer, where there is no place for the request. Nothing of its body is read.
   *
   * Responses that are made with all of their headers at once are made and sent faster, but they
   * know nothing of headers that middleware has set.
   */
  refuse(): Response | undefined {
    const refusal = this.exposed.refuse();
    if (refusal === undefined) return undefined;
    const { problem, text } = refusal;
    if (matchedRoutes(this.#c).length > 1) {
      return this.#timed(problemAnswer(this.#c, problem, text));
    }
    const { status } = problem;
    const headers: Record<string, string> = {
      "content-type": PROBLEM_TYPE,
      ...problem.headers,
    };
    if (this.exposed.serving.serverTiming) headers[TIMING] = this.#timing;
    return new Response(text, { status, headers });
  }

  /**
   * Takes down what the request asks for.
   *
   * @throws {Problem} If that cannot be read.
   */
  admit(): void {
    this.#deadlineMs = this.exposed.deadlines.of(this.#c);
  }

  /** Aborts when the client has gone, where that is asked for. */
  get gone(): AbortSignal | undefined {
    return this.exposed.serving.abortGone ? this.#c.req.raw.signal : undefined;
  }

  /**
   * What the call of an item is to ask for. Functions of the user's are asked here: who waits for a place first, and
   * then makes no call as one of them throws, would keep the place from others.
   *
   * @param signal Aborts the call.
   */
  ask(item: unknown, signal: AbortSignal | undefined): CallOptions {
    const { options } = this.exposed;
    if (this.#deadlineMs !== undefined) leftOf(this.#deadlineMs, this.#ageMs());
    const onSettle = (info: SettleInfo) => {
      this.#info ??= info;
    };
    const call: CallOptions = { signal, onSettle };
    if (options.priority) call.priority = options.priority(this.#c);
    if (options.lane) call.lane = options.lane(this.#c, item);
    return call;
  }

  /** Calls the method. A call that has become too late is made all the same, to take the place that is kept for it. */
  call(item: unknown, call: CallOptions): Promise<unknown> {
    if (this.#deadlineMs !== undefined) {
      const leftMs = this.#deadlineMs - this.#ageMs();
      call.deadlineMs = Math.max(leftMs, Number.MIN_VALUE);
    }
    return this.exposed.call(item, call);
  }

  /**
   * Waits for a place in the queue, until the deadline at most. The promise is the batcher's own: who awaits it and
   * calls comes before everybody else, who might take the place.
   */
  place(signal: AbortSignal): Promise<void> {
    const { batcher } = this.exposed;
    const deadlineMs = this.#deadlineMs;
    if (deadlineMs === undefined) return batcher.ready({ signal });
    const late = new AbortController();
    // Not by AbortSignal.timeout, which on Node does not keep a process that waits.
    const timer = defaultHost.timer(
      () => late.abort(deadlineError(deadlineMs)),
      leftOf(deadlineMs, this.#ageMs()),
    );
    const place = batcher.ready({
      signal: AbortSignal.any([signal, late.signal]),
    });
    place.then(() => timer.cancel(), () => timer.cancel());
    return place;
  }

  /** An answer that is a success. */
  answer(body: Body, type: string): Response {
    const headers = { "content-type": type };
    return this.#timed(this.#c.body(body as string, 200, headers));
  }

  /** An answer that is a success and has nothing to tell. */
  answerNothing(): Response {
    return this.#timed(this.#c.body(null, 204));
  }

  /** An answer that tells what has gone wrong. */
  fail(error: unknown): Response {
    return this.#timed(problemAnswer(this.#c, this.problemOf(error)));
  }

  /** What a client may hear of an error. */
  problemOf(error: unknown): Problem {
    const { gone } = this;
    if (gone?.aborted && error === gone.reason) return clientHasGone();
    const problem = problemOf(error);
    if (isOurFault(error, problem)) {
      // Loggers of Hono find errors at the context.
      this.#c.error = asError(error);
      reportTo(this.exposed.serving, error, this.#c);
    }
    return problem;
  }

  /** Says so afterwards: responses that are made with one header are made fast. */
  #timed(answer: Response): Response {
    if (this.exposed.serving.serverTiming) {
      answer.headers.append(TIMING, this.#timing);
    }
    return answer;
  }

  get #timing(): string {
    return timingOf(this.#info, this.#ageMs());
  }

  #ageMs(): number {
    return performance.now() - this.#since;
  }
}

/** Tells of an error on the side of the server. */
export function reportTo(serving: Serving, error: unknown, c: Context): void {
  try {
    const told: unknown = serving.report(error, c);
    // It may be an async function, and so throw later.
    if (isThenable(told)) told.then(undefined, () => {});
  } catch {
    // There is nobody to tell.
  }
}

/** What calls reject with when nobody waits for them any more. */
export function clientHasGone(): Problem {
  return new Problem(499, "The client has gone");
}

/** What is thrown may be anything, and some of that has no words. */
function asError(thrown: unknown): Error {
  try {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  } catch (cause) {
    return new Error("Cannot tell what was thrown", { cause });
  }
}
