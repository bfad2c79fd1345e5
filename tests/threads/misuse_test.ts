import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serve, threads } from "../../src/threads/mod.ts";

const url = new URL("./workers/tasks.ts", import.meta.url);

describe("threads: wrong use", () => {
  it("Options say at once what is wrong with them", () => {
    const cases: [object, RegExp][] = [
      [{ workers: 0 }, /^Cannot make threads: "workers" must be an integer/],
      [{ workers: "2" }, /"workers" must be/],
      [{ transfer: true }, /"transfer" must be a function/],
      [{ abortGraceMs: -1 }, /"abortGraceMs" must be a number of ms >= 0/],
      [{ onCrash: 1 }, /"onCrash" must be a function/],
      [{ name: 1 }, /"name" must be a string/],
      [{ worker: 1 }, /"worker" must be an object/],
      [{ threads: 1 }, /unknown option "threads", wanted one of workers/],
    ];
    for (const [options, message] of cases) {
      assert.throws(() => threads(url, options), { message });
    }
  });

  it("An address that is none is refused at once", () => {
    for (const source of ["./relative.ts", undefined, {}]) {
      for (const options of [{}, { name: "model" }]) {
        assert.throws(() => threads(source as string, options), {
          name: "TypeError",
          message: /the source must be an address such as new URL\(.*, got /,
        });
      }
    }
  });

  it("An address that cannot be decoded names its file as it is", () => {
    const nameOf = (source: string) => threads(source).name;
    assert.equal(nameOf("https://example.org/a%20b.ts?c"), "a b");
    assert.equal(nameOf("https://example.org/100%.ts"), "100%");
    assert.equal(nameOf("data:text/javascript,1/2.5"), "worker");
  });

  it("A handler in place of a worker's address rejects the batch, and says so", async () => {
    const pool = threads((() => [1]) as never);
    await assert.rejects(pool([1]), {
      name: "TypeError",
      message:
        "Cannot start a worker: the function that makes it must return one, got an array",
    });
  });

  it("A function that makes no worker rejects the batch", async () => {
    const pool = threads(() => {
      throw new RangeError("no worker today");
    });
    await assert.rejects(pool([1]), /no worker today/);
  });

  it("serve() is for workers, and takes a handler", () => {
    assert.throws(() => serve((xs) => xs), /Cannot serve: this is no worker/);
    assert.throws(
      () => serve(1 as never),
      /Cannot serve: "handler" must be a function, got number/,
    );
    const serveWith = (options: object) => () => serve((xs) => xs, options);
    assert.throws(serveWith({ transfer: [] }), /"transfer" must be a function/);
    assert.throws(serveWith({ tranfer() {} }), /unknown option "tranfer"/);
  });
});
