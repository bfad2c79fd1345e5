import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createApp } from "../../examples/predictions/app.ts";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { Digits } from "../../examples/predictions/digits/digits.ts";
import { loadTfjsDigits } from "../../examples/predictions/digits/tfjs_model.ts";
import { hang } from "../../examples/predictions/digits/wall.ts";
import { readWall } from "../../examples/predictions/digits/wall_file.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";
import { batcherOf, closeAll } from "../../mod.ts";

const predictor = new Predictor(await loadTfjsModel());
const digits = new Digits(await loadTfjsDigits());
const app = createApp({ predictor, digits });
const { training } = await readDiabetes();
const rows = training.slice(0, 200).map(({ row }) => row);

async function post(path: string, body: unknown): Promise<Response> {
  return await app.request(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

describe("The app", () => {
  after(() => Promise.all([closeAll(predictor), closeAll(digits)]));

  it("answers a row with a mean and a deviation", async () => {
    const response = await post("/predict", rows[0]);
    assert.equal(response.status, 200);
    const { mean, std, ...rest } = await response.json();
    assert.deepEqual([typeof mean, typeof std, rest], ["number", "number", {}]);
  });

  it("gives 200 rows the same bits with and without batches", async () => {
    const before = batcherOf(predictor, "predict").stats();
    const alone = [];
    for (const row of rows) {
      alone.push(await (await post("/predict", row)).text());
    }
    const together = await Promise.all(
      rows.map(async (row) =>
        await (await post("/optimized_predict", row)).text()
      ),
    );
    assert.deepEqual(together, alone);
    assert.equal(new Set(alone).size, rows.length);
    const now = batcherOf(predictor, "predict").stats();
    assert.equal(now.results - before.results, 200);
    assert.equal(now.batches - before.batches, 4);
  });

  it("echoes the row", async () => {
    const response = await post("/echo", rows[0]);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), rows[0]);
  });

  it("takes a content type with parameters, in any case", async () => {
    for (
      const type of ["application/json; charset=utf-8", "Application/JSON"]
    ) {
      const headers = { "content-type": type };
      const body = JSON.stringify(rows[0]);
      const response = await app.request("/echo", {
        method: "POST",
        headers,
        body,
      });
      assert.equal(response.status, 200, type);
    }
  });

  it("answers many rows in one request, each for itself", async () => {
    const body = [rows[0], "x", rows[1]];
    const response = await post("/optimized_predict/bulk", body);
    const [first, wrong, second] = await response.json();
    const alone = await (await post("/predict", rows[1])).json();
    assert.equal(typeof first.value.mean, "number");
    assert.equal(wrong.error.status, 422);
    assert.deepEqual(second.value, alone);
  });

  it("tells Prometheus of its batches", async () => {
    await post("/optimized_predict", rows[0]);
    const response = await app.request("/metrics");
    assert.match(response.headers.get("content-type")!, /^text\/plain/);
    const text = await response.text();
    for (
      const pattern of [
        /^batched_batches_total\{batched_name="predict",batched_reason="window".*\} \d+$/m,
        /^batched_batch_size_bucket\{batched_name="predict".*,le="64"\} \d+$/m,
        /^batched_queue_depth\{batched_name="predict".*\} 0$/m,
      ]
    ) assert.match(text, pattern);
  });

  it("answers an error of the model with 500, and reports it to us alone", async () => {
    const cause = new Error("the inner text");
    const reported: unknown[] = [];
    const failing = new Predictor({ predict: () => Promise.reject(cause) });
    const app = createApp(
      { predictor: failing, digits },
      { report: (error) => reported.push(error) },
    );
    for (const path of ["/predict", "/optimized_predict"]) {
      const response = await app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(rows[0]),
      });
      assert.equal(response.status, 500);
      assert(!(await response.text()).includes(cause.message));
    }
    assert.deepEqual(reported, [cause, cause]);
  });

  it("reads 256 images to the same bits with and without batches", async () => {
    const wall = await readWall();
    const read = async (path: string, image: Uint8Array<ArrayBuffer>) => {
      const headers = { "content-type": "application/octet-stream" };
      const init = { method: "POST", headers, body: image };
      return await (await app.request(path, init)).text();
    };
    const alone = [];
    for (const { image } of wall) {
      alone.push(await read("/digits/classify", image));
    }
    const together = await Promise.all(
      wall.map(({ image }) => read("/digits/optimized_classify", image)),
    );
    assert.deepEqual(together, alone);
    const right = together.filter((text, at) => {
      const probabilities: number[] = JSON.parse(text);
      return probabilities[wall[at]!.digit] === Math.max(...probabilities);
    });
    assert(right.length >= 0.97 * wall.length, `${right.length} are right`);
    const { batches, results } = batcherOf(digits, "classify").stats();
    assert.deepEqual([batches, results], [4, 256]);
  });

  it("gives the wall of digits to pages", async () => {
    const response = await app.request("/digits/wall");
    assert.equal(response.headers.get("content-encoding"), "gzip");
    const unzipped = response.body!.pipeThrough(
      new DecompressionStream("gzip"),
    );
    const bytes = await new Response(unzipped).arrayBuffer();
    assert.deepEqual(hang(new Uint8Array(bytes)), await readWall());
  });

  it("describes itself on a page", async () => {
    const response = await app.request("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^text\/html/);
    assert.match(await response.text(), /optimized_predict/);
  });
});
