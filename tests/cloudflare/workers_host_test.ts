import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { stub } from "@std/testing/mock";
import { workersHost } from "../../src/cloudflare/mod.ts";

describe("workersHost", () => {
  it("Says at once that it was given no waitUntil", () => {
    assert.throws(() => workersHost(undefined as never), {
      name: "TypeError",
      message:
        'Cannot make a host: "waitUntil" must be a function, got undefined',
    });
  });

  it("A time that is too long for timers does not ring at once", () => {
    const host = workersHost(() => {});
    const delays: unknown[] = [];
    const watch = (_run: unknown, ms?: number) => {
      delays.push(ms);
      return 0 as never;
    };
    using _timers = stub(globalThis, "setTimeout", watch as never);
    host.timer(() => {}, 2 ** 40);
    host.timer(() => {}, 5);
    assert.deepEqual(delays, [2 ** 31 - 1, 5]);
  });
});
