import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { z } from "zod";
import { bytes, endpoints } from "../../src/hono/mod.ts";
import { recordingHandler } from "../../src/testing.ts";
import { chunked, linesIn, post, postJson, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

const octets = { "content-type": "application/octet-stream" };
const sum = (items: Uint8Array[]) =>
  items.map((item) => item.reduce((sum, byte) => sum + byte, 0));
const reversed = (items: Uint8Array[]) =>
  items.map((item) => item.toReversed());

describe("bytes()", () => {
  it("Takes the body as it is, whatever its chunks", async () => {
    const app = endpoints(workerOf(sum), { work: { input: bytes() } });
    const body = Uint8Array.of(0, 255, 128);
    assert.equal(await (await post(app, "/work", body, octets)).json(), 383);
    const chunks = chunked(body, new Uint8Array(0), body);
    assert.equal(await (await post(app, "/work", chunks, octets)).json(), 766);
    assert.equal(await (await post(app, "/work", null, octets)).json(), 0);
  });

  it("Takes a body that comes a byte at a time", async () => {
    const app = endpoints(workerOf(sum), { work: { input: bytes() } });
    const chunks = chunked(...new Array(200).fill(Uint8Array.of(1)));
    assert.equal(await (await post(app, "/work", chunks, octets)).json(), 200);
  });

  it("Refuses other types of bodies", async () => {
    const app = endpoints(workerOf(sum), { work: { input: bytes() } });
    await problemIn(await postJson(app, "/work", 1), 415);
    await problemIn(await post(app, "/work", Uint8Array.of(1), {}), 415);
  });

  it("Refuses other lengths", async () => {
    const handler = recordingHandler(sum);
    const app = endpoints(workerOf(handler), {
      work: { path: "/three", input: bytes({ length: 3 }) },
    });
    const most = endpoints(workerOf(handler), {
      work: { path: "/most", input: bytes({ maxLength: 3 }) },
    });
    for (const length of [0, 2, 4]) {
      const body = new Uint8Array(length);
      await problemIn(await post(app, "/three", body, octets), 422);
    }
    await problemIn(await post(most, "/most", new Uint8Array(4), octets), 422);
    assert.deepEqual(handler.items, []);
    const three = new Uint8Array(3);
    assert.equal((await post(app, "/three", three, octets)).status, 200);
    assert.equal((await post(most, "/most", three, octets)).status, 200);
  });

  it("As output answers bytes, in JSON as base64", async () => {
    const app = endpoints(workerOf(reversed), {
      work: { input: bytes(), output: bytes() },
    });
    const answer = await post(app, "/work", Uint8Array.of(1, 2, 3), octets);
    assert.equal(
      answer.headers.get("content-type"),
      "application/octet-stream",
    );
    assert.deepEqual(await answer.arrayBuffer(), Uint8Array.of(3, 2, 1).buffer);
    const bulk = await postJson(app, "/work/bulk", ["AQID", ""]);
    assert.deepEqual(await bulk.json(), [{ value: "AwIB" }, { value: "" }]);
  });

  it("In a bulk of JSON are base64 strings; others fail alone", async () => {
    const app = endpoints(workerOf(sum), { work: { input: bytes() } });
    const answer = await postJson(app, "/work/bulk", [
      ...["AQID", "/w=="],
      // Some of these would be base64 if they were written down.
      ...["?", 7, 1234, null, true],
    ]);
    const [six, ff, ...wrong] = await answer.json();
    assert.deepEqual([six.value, ff.value], [6, 255]);
    for (const { error } of wrong) assert.equal(error.status, 422);
  });

  it("Long ones come back whole", async () => {
    const all = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const app = endpoints(workerOf((items: Uint8Array[]) => items), {
      work: { input: bytes(), output: bytes() },
    });
    const text = Buffer.from(all).toString("base64");
    const answer = await postJson(app, "/work/bulk", [text]);
    assert.deepEqual(await answer.json(), [{ value: text }]);
  });

  it("Of one length may stand one behind the other in one body", async () => {
    const app = endpoints(workerOf(sum), {
      work: { input: bytes({ length: 4 }), limits: { bulkItems: 3 } },
    });
    const body = chunked(
      Uint8Array.of(1, 0, 0),
      Uint8Array.of(0, 2, 0, 0, 0, 3),
      Uint8Array.of(0, 0, 0),
    );
    const answer = await post(app, "/work/bulk", body, octets);
    const values = [{ value: 1 }, { value: 2 }, { value: 3 }];
    assert.deepEqual(await answer.json(), values);
    const headers = { ...octets, accept: "application/x-ndjson" };
    const short = await post(app, "/work/bulk", new Uint8Array(5), headers);
    const [whole, part] = await linesIn(short);
    assert.equal(whole!["value"], 0);
    assert.equal((part!["error"] as { status: number }).status, 422);
    const long = await post(app, "/work/bulk", new Uint8Array(16), octets);
    assert.equal((await long.json())[3].error.status, 413);
  });

  it("Of other lengths, and other items, cannot", async () => {
    for (const input of [bytes(), bytes({ maxLength: 4 })]) {
      const app = endpoints(workerOf(sum), { work: { input } });
      const answer = await post(app, "/work/bulk", new Uint8Array(4), octets);
      await problemIn(answer, 415);
    }
    const app = endpoints(workerOf((xs: number[]) => xs), {
      work: { input: z.number() },
    });
    const answer = await post(app, "/work/bulk", new Uint8Array(4), octets);
    await problemIn(answer, 415);
    assert.equal(
      answer.headers.get("accept"),
      "application/json, application/x-ndjson",
    );
  });

  it("A result that is no bytes does not fit bytes", async () => {
    const app = endpoints(
      workerOf((items: Uint8Array[]) => items.map(() => "x" as never)),
      { work: { input: bytes(), output: bytes() } },
    );
    const answer = await post(app, "/work", new Uint8Array(4), octets);
    await problemIn(answer, 500);
  });

  it("Wants whole numbers", () => {
    for (const wrong of [0, -1, 1.5, NaN]) {
      assert.throws(() => bytes({ length: wrong }), {
        name: "RangeError",
        message:
          `Cannot describe bytes: "length" must be an integer >= 1, got ${wrong}`,
      });
    }
    bytes({ length: undefined, maxLength: 1 });
  });
});
