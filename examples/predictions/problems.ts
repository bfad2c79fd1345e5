/**
 * Everything that can go wrong with a request, as an answer: problem details
 * (RFC 9457). Errors on our side keep what they say to themselves.
 *
 * @module
 */

import {
  BatchResultError,
  BatchTimeoutError,
  BatchTooLargeError,
  ClosedError,
  DeadlineError,
  ItemTooHeavyError,
  QueueFullError,
  RetryError,
} from "../../mod.ts";

/** An answer that is no success. Thrown by what reads the request. */
export class Problem extends Error {
  override readonly name = "Problem";
  /** The HTTP status. */
  readonly status: number;
  /** Members of the body beside `title`, `status` and `detail`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Headers beside the content type. */
  readonly headers: Readonly<Record<string, string>>;

  /** `detail` is for the client: it says what to do better. */
  constructor(status: number, detail: string, extra: {
    members?: Readonly<Record<string, unknown>>;
    headers?: Readonly<Record<string, string>>;
  } = {}) {
    super(detail);
    this.status = status;
    this.members = extra.members ?? {};
    this.headers = extra.headers ?? {};
  }
}

/** What a client may hear of `error`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof QueueFullError) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    const headers = { "retry-after": String(seconds) };
    return new Problem(503, "Too many requests are waiting", { headers });
  }
  if (error instanceof ClosedError) {
    return new Problem(503, "The service is stopping");
  }
  if (error instanceof DeadlineError || error instanceof BatchTimeoutError) {
    return new Problem(504, "The prediction took too long");
  }
  if (error instanceof ItemTooHeavyError) {
    return new Problem(413, "The item is larger than a whole batch may be");
  }
  if (error instanceof RetryError) {
    return new Problem(503, "The model is not available at the moment");
  }
  if (
    error instanceof BatchResultError || error instanceof BatchTooLargeError
  ) {
    return new Problem(500, "The model gave no usable answer");
  }
  return new Problem(500, "Something went wrong here");
}

/** The answer that tells of `problem`. */
export function responseOf(problem: Problem): Response {
  const { status, message: detail, members, headers } = problem;
  const title = titles[status] ?? "Error";
  return new Response(JSON.stringify({ title, status, detail, ...members }), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};
