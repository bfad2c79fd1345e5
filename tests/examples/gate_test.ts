import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Gate } from "../../examples/predictions/gate.ts";

const request = new Request("http://127.0.0.1/");

describe("Gate", () => {
  it("lets answers out as they are until it is shut", async () => {
    const response = new Response("answer");
    const gate = new Gate(() => response);
    assert.equal(await gate.fetch(request), response);
    assert.equal(response.headers.get("connection"), null);
  });

  it("holds answers from shut() to open(), and lets them out as the last of their connections", async () => {
    const events: string[] = [];
    let answer = (_: Response) => {};
    const gate = new Gate(() => new Promise((resolve) => answer = resolve));
    const asked = Promise.resolve(gate.fetch(request)).then((response) => {
      events.push(
        `answered, connection: ${response.headers.get("connection")}`,
      );
    });
    const shut = gate.shut();
    answer(new Response());
    await shut;
    events.push("shut");
    gate.open();
    await asked;
    assert.deepEqual(events, ["shut", "answered, connection: close"]);
  });

  it("still answers what comes after open()", async () => {
    const gate = new Gate(() => new Response("late"));
    await gate.shut();
    gate.open();
    const response = await gate.fetch(request);
    assert.equal(await response.text(), "late");
    assert.equal(response.headers.get("connection"), "close");
  });

  it("shuts even while requests keep coming", async () => {
    const gate = new Gate(() => new Response());
    let isShut = false;
    const shut = gate.shut().then(() => isShut = true);
    let asked = 0;
    while (!isShut) {
      gate.fetch(request);
      asked++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await shut;
    gate.open();
    assert(asked > 0);
  });
});
