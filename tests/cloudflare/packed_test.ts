import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { QueueFullError } from "../../mod.ts";
import { packed, unpacked } from "../../src/cloudflare/mod.ts";

/** What arrives at the caller of a Durable Object: RPC clones. */
async function sent<Out>(answer: Promise<Out>): Promise<Out> {
  return await unpacked(Promise.resolve(structuredClone(await packed(answer))));
}

describe("packed() and unpacked()", () => {
  it("A value arrives, be it nothing", async () => {
    assert.deepEqual(await sent(Promise.resolve({ x: 1 })), { x: 1 });
    assert.equal(await sent(Promise.resolve(undefined)), undefined);
  });

  it("An error of this library arrives with its class and its fields", async () => {
    const full = new QueueFullError("Cannot queue it", { retryAfterMs: 20 });
    const error = await sent(Promise.reject(full)).catch((error) => error);
    assert.ok(error instanceof QueueFullError);
    assert.deepEqual([error.message, error.retryAfterMs], [full.message, 20]);
  });

  it("An error that is a result is none that was thrown", async () => {
    const value = { error: "a word" };
    assert.deepEqual(await sent(Promise.resolve(value)), value);
  });
});
