import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createApp } from "../../examples/predictions/app.ts";
import { readDiabetes } from "../../examples/predictions/diabetes.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { loadTfjsModel } from "../../examples/predictions/tfjs_model.ts";
import { batcherOf, closeAll } from "../../mod.ts";

const predictor = new Predictor(await loadTfjsModel());
const app = createApp(predictor);
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
  after(() => closeAll(predictor));

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

  it("describes itself on a page", async () => {
    const response = await app.request("/");
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^text\/html/);
    assert.match(await response.text(), /optimized_predict/);
  });
});
