import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SizeLimit } from "../src/size_limit.ts";

describe("R24: the size after a batch was too large", () => {
  it("R24 a larger batch that left before does not raise it again", () => {
    const sized = { size: 100 };
    const limit = new SizeLimit(sized);
    limit.lower(40, 0);
    limit.lower(100, 1);
    assert.equal(sized.size, 20);
  });

  it("R24 it comes back a minute after the last that was too large", () => {
    const sized = { size: 100 };
    const limit = new SizeLimit(sized);
    limit.lower(100, 0);
    limit.lower(50, 10);
    assert.deepEqual([limit.lapse(60_009), sized.size], [false, 25]);
    assert.deepEqual([limit.lapse(60_010), sized.size], [true, 100]);
  });

  it("R24 it comes back once: what is set then stays", () => {
    const sized = { size: 100 };
    const limit = new SizeLimit(sized);
    limit.lower(100, 0);
    limit.lapse(60_000);
    sized.size = 7;
    assert.deepEqual([limit.lapse(70_000), sized.size], [false, 7]);
  });
});
