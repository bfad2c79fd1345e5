import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Batcher, ClosedError, DeadlineError } from "../../mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { watched } from "./watched.ts";

describe("R9: a handler that never answers", () => {
  const never = () => new Promise<number[]>(() => {});

  it("Holds its callers no longer than their deadline", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(never, { host });
    const call = watched(batcher.run(1, { deadlineMs: 30 }));
    await host.advance(30);
    assert.ok(call.error instanceof DeadlineError);
  });

  it("Holds its callers no longer than their signal", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(never, { host });
    const controller = new AbortController();
    const call = watched(batcher.run(1, { signal: controller.signal }));
    await host.advance(1e6);
    assert.equal(call.state, "pending");
    controller.abort("enough");
    await host.advance();
    assert.equal(call.error, "enough");
  });

  it("Holds its callers no longer than close({ timeoutMs })", async () => {
    const host = new VirtualHost();
    const batcher = new Batcher(never, { host });
    const call = watched(batcher.run(1));
    await host.advance();
    const closed = watched(batcher.close({ timeoutMs: 30 }));
    await host.advance(29);
    assert.deepEqual([call.state, closed.state], ["pending", "pending"]);
    await host.advance(1);
    assert.ok(call.error instanceof ClosedError);
    assert.equal(closed.state, "fulfilled");
  });
});
