import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createApp } from "../../examples/predictions/app.ts";
import { Digits } from "../../examples/predictions/digits/digits.ts";
import {
  Connection,
  postRequest,
} from "../../examples/predictions/load/connection.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { listen } from "../../examples/predictions/runtimes/listen.ts";

// Real sockets, for what `app.request` cannot show: bodies in chunks.
const app = createApp({
  predictor: new Predictor({ predict: () => [] }),
  digits: new Digits({ classify: () => [] }),
});
const server = await listen((request) => app.fetch(request), {
  hostname: "127.0.0.1",
  port: 0,
});

/** A POST whose length only its end tells. */
function chunkedRequest(chunks: readonly string[]): string {
  const framed = chunks.map((chunk) =>
    `${chunk.length.toString(16)}\r\n${chunk}\r\n`
  );
  return "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
    framed.join("") + "0\r\n\r\n";
}

async function answerTo(request: string): Promise<[number, string]> {
  const connection = await Connection.open(server.port);
  const { status, body } = await connection.request(request);
  connection.close();
  return [status, body];
}

describe("A server on this runtime", () => {
  after(() => server.stop());

  it("reads a body that comes in chunks", async () => {
    const request = chunkedRequest(["[1,2,3,4,5,", "6,7,8,9,10]"]);
    assert.deepEqual(await answerTo(request), [200, "[1,2,3,4,5,6,7,8,9,10]"]);
  });

  it("refuses chunks that come to more than 64 KiB", async () => {
    const request = chunkedRequest(
      Array.from({ length: 9 }, () => " ".repeat(8192)),
    );
    assert.equal((await answerTo(request))[0], 413);
  });

  it("refuses an announced body of more than 64 KiB", async () => {
    const request = postRequest("/echo", " ".repeat(64 * 1024 + 1));
    assert.equal((await answerTo(request))[0], 413);
  });

  it("keeps a connection open over several requests", async () => {
    const connection = await Connection.open(server.port);
    for (let turn = 0; turn < 3; turn++) {
      const body = `[1,2,3,4,5,6,7,8,9,${turn}]`;
      const answer = await connection.request(postRequest("/echo", body));
      assert.deepEqual([answer.body, answer.isLast], [body, false]);
    }
    connection.close();
  });

  it("rejects with EADDRINUSE when the port is taken", async () => {
    const address = { hostname: "127.0.0.1", port: server.port };
    await assert.rejects(
      async () => await listen(() => new Response(), address),
      { code: "EADDRINUSE" },
    );
  });
});
