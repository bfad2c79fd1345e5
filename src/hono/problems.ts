/**
 * Everything that can go wrong with a request, as an answer: problem details (RFC 9457). Errors
 * on the side of the server keep what they say to themselves.
 *
 * @module
 */
import type { Context } from "hono";
import {
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
  withoutStack,
} from "../errors.ts";

/** The type of an answer that tells of a problem. */
export const PROBLEM_TYPE = "application/problem+json";

/** What a problem may have beside its status and detail. */
export interface ProblemOptions {
  /** Members of its body beside `title`, `status` and `detail`. */
  members?: Readonly<Record<string, unknown>> | undefined;
  /** Headers of its answer beside the content type. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Why; never shown to a client. */
  cause?: unknown;
}

/**
 * An answer that is no success. A handler that throws it, or answers it for one item, decides
 * what the client gets to see.
 *
 * @example
 * ```ts
 * import { Problem, problemResponse } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 *
 * const problem = new Problem(404, "There is no such model", { members: { model: "gpt" } });
 * const answer = problemResponse(problem);
 * assert.equal(answer.headers.get("content-type"), "application/problem+json");
 * assert.deepEqual(await answer.json(), {
 *   title: "Not Found",
 *   status: 404,
 *   detail: "There is no such model",
 *   model: "gpt",
 * });
 * ```
 */
export class Problem extends Error {
  /** The name of the class; others that are made of it may have their own. */
  override readonly name: string = "Problem";
  /** The HTTP status. */
  readonly status: number;
  /** Members of the body beside `title`, `status` and `detail`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;

  /** Makes a problem; `detail` is for the client and says what to do better. */
  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail, "cause" in options ? { cause: options.cause } : undefined);
    this.status = status;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }

  /** The body of its answer. */
  toJSON(): ProblemDetails {
    const { status, message: detail, members } = this;
    return { title: TITLES[status] ?? "Error", status, detail, ...members };
  }
}

/** The body of an answer that is no success. */
export interface ProblemDetails {
  /** The words of the status. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What is wrong, in words. */
  detail: string;
  /** What else is known: the `code` of the error, the `errors` in the item. */
  [member: string]: unknown;
}

/**
 * Says what a client may hear of an error.
 *
 * @param error What was thrown: by a batcher, by a handler, or by Hono (`HTTPException`).
 * @returns The problem. Of unknown errors and of those on the server's side it tells no more
 * than that they happened.
 * @example
 * ```ts
 * import { QueueFullError } from "@batched/batched";
 * import { problemOf } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 *
 * const problem = problemOf(new QueueFullError("Cannot take the call", { retryAfterMs: 1200 }));
 * assert.equal(problem.status, 503);
 * assert.equal(problem.headers["retry-after"], "2");
 * ```
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const [status, detail] = statusOf(error) ?? httpStatusOf(error) ??
    [500, "Something went wrong here"];
  const options: ProblemOptions = {
    cause: error,
    members: isOurs(error) ? { code: error.code } : {},
    headers: error instanceof QueueFullError
      ? retryAfter(error)
      : httpHeadersOf(error, status),
  };
  // Where it went wrong is told by its cause.
  return withoutStack(() => new Problem(status, detail, options));
}

/** Whether it is a mistake on the side of the server, of which its client hears no more than that it happened. */
export function isOurFault(error: unknown, { status }: Problem): boolean {
  return status === 500 || (status > 500 && isHttpException(error));
}

/**
 * Makes the answer that tells of a problem.
 *
 * @param problem The problem.
 * @returns A response with problem details.
 * @example
 * ```ts
 * import { Problem, problemResponse } from "@batched/batched/hono";
 * import assert from "node:assert/strict";
 *
 * assert.equal(problemResponse(new Problem(404, "There is nothing here")).status, 404);
 * ```
 */
export function problemResponse(problem: Problem): Response {
  const { status, headers } = problem;
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "content-type": PROBLEM_TYPE, ...headers },
  });
}

/** The same by way of the context, so that headers which middleware has set stay. */
export function problemAnswer(
  c: Context,
  problem: Problem,
  text: string = JSON.stringify(problem),
): Response {
  const { status, headers } = problem;
  const answer = c.body(text, status as 400, { "content-type": PROBLEM_TYPE });
  for (const [name, value] of Object.entries(headers)) {
    answer.headers.set(name, value);
  }
  return answer;
}

/** Errors of this module, and what they mean to a client. */
const STATUSES = [
  [QueueFullError, 503, "Too many requests are waiting"],
  [ClosedError, 503, "The service is stopping"],
  [DeadlineError, 504, "The answer took too long"],
  [BatchTimeoutError, 504, "The answer took too long"],
  [BatchResultError, 500, "There was no usable answer"],
  [ItemTooHeavyError, 413, "The item is larger than a whole batch may be"],
  [RetryError, 503, "The service is not available at the moment"],
  [BatchTooLargeError, 500, "There was no usable answer"],
] as const;

type OurError = InstanceType<typeof STATUSES[number][0]>;

function isOurs(error: unknown): error is OurError {
  return STATUSES.some(([kind]) => error instanceof kind);
}

function statusOf(error: unknown): [number, string] | undefined {
  const found = STATUSES.find(([kind]) => error instanceof kind);
  return found && [found[1], found[2]];
}

/** Hono's own exception, by its shape: it may come from another copy of Hono. */
function isHttpException(error: unknown): error is Error {
  return error instanceof Error && "getResponse" in error;
}

function httpStatusOf(error: unknown): [number, string] | undefined {
  if (!isHttpException(error)) return undefined;
  const status: unknown = Reflect.get(error, "status");
  if (typeof status !== "number" || status < 400 || status > 599) {
    return undefined;
  }
  const title = TITLES[status] ?? "Something went wrong here";
  return [status, status < 500 && error.message ? error.message : title];
}

/**
 * What the response of Hono's own exception tells beside its body: how to log in, when to come back. On the side of the
 * server it may be somebody else's, and no more is told.
 */
function httpHeadersOf(error: unknown, status: number): Record<string, string> {
  const response: unknown = Reflect.get(Object(error), "res");
  if (!isHttpException(error) || !(response instanceof Response)) return {};
  const told = [...response.headers].filter(([name]) =>
    status < 500 ? !name.startsWith("content-") : name === "retry-after"
  );
  return Object.fromEntries(told);
}

function retryAfter(error: QueueFullError): Record<string, string> {
  return { "retry-after": String(secondsOf(error.retryAfterMs)) };
}

/** A time in whole seconds, as `Retry-After` has it. */
export function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Says what came in place of what was wanted, where it is a word. */
export function came(word: string): string {
  if (word === "") return "but there is none";
  return /^[\w.+/*-]{1,64}$/.test(word) ? `not ${word}` : "not another one";
}
