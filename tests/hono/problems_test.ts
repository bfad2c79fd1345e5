import assert from "node:assert/strict";
import { STATUS_CODES } from "node:http";
import { describe, it } from "node:test";
import { HTTPException } from "hono/http-exception";
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
import { Problem, problemOf, problemResponse } from "../../src/hono/mod.ts";
import { problemIn } from "./requests.ts";

const secret = "the inner text";
const cause = new Error(secret);

describe("problemOf()", () => {
  const late = "The answer took too long";
  const unusable = "There was no usable answer";
  const cases: [Error, number, string][] = [
    [
      new QueueFullError(secret, { retryAfterMs: 1200 }),
      503,
      "Too many requests are waiting",
    ],
    [new ClosedError(secret), 503, "The service is stopping"],
    [new DeadlineError(secret, { deadlineMs: 5 }), 504, late],
    [new BatchTimeoutError(secret, { batchTimeoutMs: 5 }), 504, late],
    [new BatchResultError(secret, { expected: 2, received: 1 }), 500, unusable],
    [
      new ItemTooHeavyError(secret, { weight: 9, maxWeight: 4 }),
      413,
      "The item is larger than a whole batch may be",
    ],
    [
      new RetryError(secret, { attempts: 3, cause }),
      503,
      "The service is not available at the moment",
    ],
    [new BatchTooLargeError(secret, { cause }), 500, unusable],
  ];
  for (const [error, status, detail] of cases) {
    it(`Makes a ${status} of a ${error.name}: its code, and no inner text`, async () => {
      const answer = problemResponse(problemOf(error));
      const problem = await problemIn(answer, status);
      assert.equal(problem["code"], Reflect.get(error, "code"));
      assert.equal(problem.detail, detail);
      assert.ok(!JSON.stringify(problem).includes(secret));
    });
  }

  it("Takes a problem of a class of its own as it is", async () => {
    class NotFound extends Problem {
      override readonly name = "NotFound";
      constructor(readonly row: number) {
        super(404, "There is no such row", { members: { row } });
      }
    }
    const problem = new NotFound(7);
    assert.equal(problemOf(problem), problem);
    assert.equal(String(problem), "NotFound: There is no such row");
    const answer = problemResponse(problem);
    assert.equal((await problemIn(answer, 404))["row"], 7);
  });

  it("Makes a 500 of anything else, and tells nothing", async () => {
    for (const error of [new TypeError(secret), secret, undefined, null, {}]) {
      const problem = await problemIn(problemResponse(problemOf(error)), 500);
      assert.deepEqual(Object.keys(problem), ["title", "status", "detail"]);
      assert.ok(!JSON.stringify(problem).includes(secret));
      assert.equal(problemOf(error).cause, error);
    }
  });

  it("Tells when to come back, in whole seconds and at least one", () => {
    for (
      const [retryAfterMs, seconds] of [[0, "1"], [1000, "1"], [1001, "2"]]
    ) {
      const options = { retryAfterMs: Number(retryAfterMs) };
      const problem = problemOf(new QueueFullError(secret, options));
      const { headers } = problemResponse(problem);
      assert.equal(headers.get("retry-after"), seconds);
    }
  });

  it("Takes the status of Hono's exceptions, and what they say where the client is wrong", () => {
    const forbidden = new HTTPException(403, { message: "Not yours" });
    assert.deepEqual(problemOf(forbidden).toJSON(), {
      title: "Forbidden",
      status: 403,
      detail: "Not yours",
    });
    const wrong = problemOf(new HTTPException(400)).toJSON();
    assert.deepEqual([wrong.status, wrong.detail], [400, "Bad Request"]);
    assert.equal(
      problemOf(new HTTPException(418)).toJSON().detail,
      "Something went wrong here",
    );
    for (const status of [200, 399, 600, "404", undefined]) {
      const none = Object.assign(new HTTPException(400), { status });
      assert.equal(problemOf(none).status, 500);
    }
    const broken = new HTTPException(502, { message: secret });
    assert.deepEqual(problemOf(broken).toJSON(), {
      title: "Bad Gateway",
      status: 502,
      detail: "Bad Gateway",
    });
  });

  it("Keeps of the response of such an exception what clients have to know: how to log in, when to come back", () => {
    const headersOf = (status: 401 | 502) => {
      const headers = {
        "www-authenticate": "Basic",
        "retry-after": "3",
        "content-type": "text/plain",
        "content-length": "6",
      };
      const res = new Response(secret, { status, headers });
      return problemOf(new HTTPException(status, { res })).headers;
    };
    assert.deepEqual(headersOf(401), {
      "retry-after": "3",
      "www-authenticate": "Basic",
    });
    assert.deepEqual(headersOf(502), { "retry-after": "3" });
    assert.deepEqual(problemOf(new HTTPException(401)).headers, {});
    const likeIt = Object.assign(new Error(secret), { res: new Response() });
    assert.deepEqual(problemOf(likeIt).headers, {});
  });

  it("Leaves a problem as it is", () => {
    const problem = new Problem(409, "Taken");
    assert.equal(problemOf(problem), problem);
  });
});

describe("Problem", () => {
  it("Has members and headers of its own", async () => {
    const problem = new Problem(429, "Too fast", {
      members: { limit: 5 },
      headers: { "retry-after": "3" },
      cause,
    });
    const answer = problemResponse(problem);
    assert.equal(answer.headers.get("retry-after"), "3");
    assert.deepEqual(await problemIn(answer, 429), {
      title: "Too Many Requests",
      status: 429,
      detail: "Too fast",
      limit: 5,
    });
  });

  it("Has a title, whatever its status", () => {
    assert.equal(new Problem(418, "I am a teapot").toJSON().title, "Error");
    // Named anew by RFC 9110, or by nobody else.
    const others: Record<number, string> = {
      413: "Content Too Large",
      422: "Unprocessable Content",
      499: "Client Closed Request",
    };
    for (
      const status of [
        ...[400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 499],
        ...[500, 501, 502, 503, 504],
      ]
    ) {
      assert.equal(
        new Problem(status, "Odd").toJSON().title,
        others[status] ?? STATUS_CODES[status],
      );
    }
  });

  it("Is an error: it can be thrown, and has a name and a cause", () => {
    const problem = new Problem(400, "Wrong", { cause });
    assert.deepEqual([problem.members, problem.headers], [{}, {}]);
    assert.ok(problem instanceof Error);
    assert.deepEqual(
      [problem.name, problem.message, problem.cause],
      ["Problem", "Wrong", cause],
    );
  });
});
