import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertType, type IsExact } from "@std/testing/types";
import { hc, type InferRequestType, type InferResponseType } from "hono/client";
import { Hono } from "hono";
import * as v from "valibot";
import { z } from "zod";
import { Batched, done } from "../../mod.ts";
import { type BulkEntry, bytes, endpoints } from "../../src/hono/mod.ts";

interface Row {
  readonly age: number;
  readonly name?: string | undefined;
}

class Service {
  @Batched({
    handler: (rows) =>
      rows.map(({ age }) => ({ mean: age / 2, at: new Date(0) })),
  })
  predict(row: Row): Promise<{ mean: number; at: Date }> {
    return Promise.resolve({ mean: row.age / 2, at: new Date(0) });
  }

  @Batched({ handler: (items) => items.map((item) => item.length) })
  measure(item: Uint8Array): Promise<number> {
    return Promise.resolve(item.length);
  }

  @Batched({ handler: (ids) => ids.map((id) => id === 1 ? undefined : "x") })
  find(id: number): Promise<string | undefined> {
    return Promise.resolve(id === 1 ? undefined : "x");
  }

  @Batched({ handler: () => done() })
  write(_: number): Promise<void> {
    return Promise.resolve();
  }

  @Batched({ handler: (texts) => texts.map(Number) })
  parse(text: string): Promise<number> {
    return Promise.resolve(Number(text));
  }
}

const app = endpoints(new Service(), {
  predict: {
    path: "/models/predict",
    input: z.object({ age: z.number(), name: z.string().optional() }),
  },
  measure: { input: bytes() },
  find: { input: z.number() },
  write: { input: z.number() },
  parse: {
    path: "/:unit/parse",
    input: v.string(),
    output: v.pipe(v.number(), v.transform(String)),
    bulk: false,
  },
});
const client = hc<typeof app>("http://localhost", {
  fetch: app.request as typeof fetch,
});

describe("Hono's client", () => {
  it("Knows what an endpoint takes and answers", async () => {
    const predict = client.models.predict.$post;
    type Sent = InferRequestType<typeof predict>["json"];
    assertType<IsExact<Sent, { age: number; name?: string | undefined }>>(true);
    const answer = await predict({ json: { age: 42 } });
    const { mean, at } = await answer.json();
    assertType<IsExact<typeof mean, number>>(true);
    assertType<IsExact<typeof at, string>>(true);
    assert.deepEqual([mean, at], [21, "1970-01-01T00:00:00.000Z"]);
  });

  it("Knows what a bulk takes and answers", async () => {
    const answer = await client.models.predict.bulk.$post({
      json: [{ age: 2 }, { age: 4, name: "x" }],
    });
    const entries = await answer.json();
    type Entry = BulkEntry<{ mean: number; at: string }>;
    assertType<IsExact<typeof entries, Entry[]>>(true);
    const means = entries.map(({ value, error }) =>
      error ? error.detail : value.mean
    );
    assert.deepEqual(means, [1, 2]);
  });

  it("Knows that nothing is null in a bulk", async () => {
    const answer = await client.find.bulk.$post({ json: [1, 2] });
    const entries = await answer.json();
    assertType<IsExact<typeof entries, BulkEntry<string | null>[]>>(true);
    assert.deepEqual(entries, [{ value: null }, { value: "x" }]);
    const written = await client.write.bulk.$post({ json: [1] });
    const nothing = await written.json();
    assertType<IsExact<typeof nothing, BulkEntry<null>[]>>(true);
    assert.deepEqual(nothing, [{ value: null }]);
  });

  it("Sends bytes as a body of its own", async () => {
    const headers = { "content-type": "application/octet-stream" };
    const init = { body: new Uint8Array(3), headers };
    const answer = await client.measure.$post({}, { init });
    const length = await answer.json();
    assertType<IsExact<typeof length, number>>(true);
    assert.equal(length, 3);
    const bulk = await client.measure.bulk.$post({ json: ["AQID"] });
    assert.deepEqual(await bulk.json(), [{ value: 3 }]);
  });

  it("Knows the parameters of a path, and what the output makes of a result", async () => {
    const { $post } = client[":unit"].parse;
    const answer = await $post({ param: { unit: "kg" }, json: "042" });
    const text = await answer.json();
    assertType<IsExact<typeof text, string>>(true);
    assert.equal(text, "42");
    type Answer = InferResponseType<typeof $post>;
    assertType<IsExact<Answer, string>>(true);
  });

  it("Knows an app below another one", async () => {
    const whole = new Hono().route("/v1", app);
    const client = hc<typeof whole>("http://localhost", {
      fetch: whole.request as typeof fetch,
    });
    const answer = await client.v1.models.predict.$post({ json: { age: 6 } });
    assert.equal((await answer.json()).mean, 3);
  });
});
