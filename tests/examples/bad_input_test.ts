import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createApp } from "../../examples/predictions/app.ts";
import { Digits } from "../../examples/predictions/digits/digits.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { batcherOf } from "../../mod.ts";

// A model that must not be asked: whatever reaches it fails the test.
const predictor = new Predictor({
  predict(): never {
    throw new Error("The model was asked");
  },
});
const digits = new Digits({
  classify(): never {
    throw new Error("The model was asked");
  },
});
const app = createApp({ predictor, digits });

const paths = ["/predict", "/optimized_predict", "/echo"];
const nine = "1,2,3,4,5,6,7,8,9";
const json = { "content-type": "application/json" };

/** Sends the request to each endpoint; all must refuse it alike, and batch nothing. */
async function refuse(
  init: RequestInit,
  status: number,
): Promise<Record<string, unknown>> {
  const bodies: Record<string, unknown>[] = [];
  for (const path of paths) {
    const response = await app.request(path, { method: "POST", ...init });
    assert.equal(response.status, status);
    assert.equal(
      response.headers.get("content-type"),
      "application/problem+json",
    );
    bodies.push(await response.json());
  }
  const [problem] = bodies;
  for (const body of bodies) assert.deepEqual(body, problem);
  assert.equal(problem!["status"], status);
  assert.equal(batcherOf(predictor, "predict").stats().calls, 0);
  return problem!;
}

describe("A bad request gets problem details and no place in a batch:", () => {
  for (const body of ["", "{", "[1,2", "NaN", "[1,]", "hello"]) {
    it(`${JSON.stringify(body)} is not JSON`, async () => {
      const problem = await refuse({ headers: json, body }, 400);
      assert.equal(problem.title, "Bad Request");
      assert.equal(
        problem.detail,
        `The body must be JSON${body === "" ? ", but it is empty" : ""}`,
      );
    });
  }

  for (const body of ["{}", "null", "1", '"text"', "true"]) {
    it(`${body} is not an array`, async () => {
      const { errors } = await refuse({ headers: json, body }, 422);
      const [{ pointer, detail }] = errors as [Record<string, string>];
      assert.equal(pointer, "#");
      assert.match(detail!, /expected array/);
    });
  }

  for (
    const [body, what] of [[`[${nine}]`, "small"], [`[${nine},10,11]`, "big"]]
  ) {
    it(`${body} is too ${what}`, async () => {
      const { errors } = await refuse({ headers: json, body: body! }, 422);
      const [{ pointer, detail }] = errors as [Record<string, string>];
      assert.equal(pointer, "#");
      assert.match(detail!, new RegExp(`Too ${what}: .* 10 items`));
    });
  }

  for (const entry of ['"1"', "null", "true", "[1]", "{}", "1e39", "-1e39"]) {
    it(`${entry} is no entry`, async () => {
      const body = `[${nine.replace("3", entry)},10]`;
      const { errors } = await refuse({ headers: json, body }, 422);
      assert.deepEqual(
        (errors as Record<string, string>[]).map(({ pointer }) => pointer),
        ["#/2"],
      );
    });
  }

  it("1e400 is no number of JSON's", async () => {
    const body = `[${nine},1e400]`;
    await refuse({ headers: json, body }, 400);
  });

  for (
    const type of [
      undefined,
      "text/plain",
      "application/jsonp",
      "application/x-json",
    ]
  ) {
    it(`the content type ${type} is not JSON`, async () => {
      const headers: Record<string, string> = type
        ? { "content-type": type }
        : {};
      const body = new TextEncoder().encode(`[${nine},10]`);
      const problem = await refuse({ headers, body }, 415);
      assert.equal(problem.title, "Unsupported Media Type");
    });
  }

  it("a body announced as longer than 64 KiB is too large", async () => {
    const headers = { ...json, "content-length": String(64 * 1024 + 1) };
    const problem = await refuse({ headers, body: `[${nine},10]` }, 413);
    assert.equal(problem.title, "Content Too Large");
  });

  it("a body of unknown length is too large at its first byte over 64 KiB", async () => {
    const body = `[${nine},10${" ".repeat(64 * 1024)}]`;
    await refuse({ headers: json, body }, 413);
  });

  it("a body of exactly 64 KiB is not too large", async () => {
    const text = `[${nine},10`;
    const body = text + " ".repeat(64 * 1024 - text.length - 1) + "]";
    const response = await app.request("/echo", {
      method: "POST",
      headers: json,
      body,
    });
    assert.equal(response.status, 200);
  });

  it("an image that is not 784 bytes is no image", async () => {
    const type = "application/octet-stream";
    for (const path of ["/digits/classify", "/digits/optimized_classify"]) {
      for (
        const [contentType, length, status] of [
          [type, 0, 422],
          [type, 783, 422],
          [type, 785, 422],
          [type, 64 * 1024 + 1, 413],
          ["application/json", 784, 415],
          [undefined, 784, 415],
        ] as const
      ) {
        const headers: Record<string, string> = contentType === undefined
          ? {}
          : { "content-type": contentType };
        const body = new Uint8Array(length);
        const init = { method: "POST", headers, body };
        const response = await app.request(path, init);
        assert.equal(response.status, status, `${contentType} ${length}`);
      }
    }
    assert.equal(batcherOf(digits, "classify").stats().calls, 0);
  });

  it("only POST asks for a prediction", async () => {
    for (const path of paths) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const response = await app.request(path, { method });
        assert.equal(response.status, 405);
        assert.equal(response.headers.get("allow"), "POST");
      }
    }
  });

  it("there is nothing at other paths", async () => {
    const response = await app.request("/nowhere");
    assert.equal(response.status, 404);
    assert.equal(
      response.headers.get("content-type"),
      "application/problem+json",
    );
  });
});
