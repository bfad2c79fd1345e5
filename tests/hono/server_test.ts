import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { after, describe, it } from "node:test";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { listen } from "../../examples/predictions/runtimes/listen.ts";
import { bytes, endpoints } from "../../src/hono/mod.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { turns } from "../batcher/watched.ts";
import { workerOf } from "./worker.ts";

// Real sockets, for what `app.request` cannot show: clients that are slow, or gone, or send what
// nobody reads.

const held = heldHandler((x: number) => x);
const slow = workerOf(held, { size: 1, maxQueue: 1 });
const fast = workerOf((xs: number[]) => xs.map((x) => 2 * x), { maxWaitMs: 1 });
const images = workerOf((items: Uint8Array[]) =>
  items.map((item) => item.length)
);
const input = z.number();
const limits = { bodyBytes: 100 };
const apps = [
  endpoints(slow, { work: { path: "/slow", input, limits } }, {
    abortGone: true,
  }),
  endpoints(fast, { work: { path: "/fast", input } }),
  endpoints(fast, { work: { path: "/hasty", input, limits: { bodyMs: 1 } } }),
  endpoints(images, { work: { path: "/images", input: bytes() } }),
];
const server = await listen(async (request) => {
  for (const app of apps) {
    const answer = await app.fetch(request);
    if (answer.status !== 404) return answer;
  }
  return new Response(null, { status: 404 });
}, { hostname: "127.0.0.1", port: 0 });

/** A client that sends and reads text as it likes. */
class Client {
  readonly #socket: Socket;
  /** What has come so far. */
  received = "";
  /** Whether the server has hung up. */
  isOver = false;

  constructor() {
    this.#socket = connect(server.port, "127.0.0.1");
    this.#socket.on("data", (bytes) => this.received += bytes);
    this.#socket.on("close", () => this.isOver = true);
    this.#socket.on("error", () => {});
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  hangUp(): void {
    this.#socket.destroy();
  }

  /** Waits until the server has hung up. */
  async over(): Promise<void> {
    if (this.isOver) return;
    await new Promise((resolve) => this.#socket.once("close", resolve));
  }

  /** Waits until the server has said that. */
  async heard(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.received.match(pattern);
      if (match) return match;
      assert.ok(!this.isOver, `The server hung up after ${this.received}`);
      await new Promise((resolve) => {
        this.#socket.once("data", resolve);
        this.#socket.once("close", resolve);
      });
    }
  }
}

function head(path: string, ...headers: string[]): string {
  return [`POST ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");
}

function request(path: string, body: string): string {
  const headers = [
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  return head(path, ...headers) + body;
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Waits until that is so; a test that waits for ever is ended by its runner. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turns();
}

describe("A server on this runtime", { timeout: 60_000 }, () => {
  after(() => server.stop());

  it("Answers requests that come together in one batch", async () => {
    const before = batcherOf(fast, "work").stats().batches;
    const clients = [1, 2, 3, 4].map(() => new Client());
    clients.forEach((client, x) => client.send(request("/fast", String(x))));
    for (const [x, client] of clients.entries()) {
      await client.heard(new RegExp(`\r\n\r\n${2 * x}$`));
      await client.heard(/server-timing: queue;dur=[\d.]+, batch;dur=/i);
      client.hangUp();
    }
    assert.ok(batcherOf(fast, "work").stats().batches - before <= 4);
  });

  it("R18 Refuses what it has no place for though its body never comes, and goes on", async () => {
    const busy = [new Client(), new Client()];
    for (const [x, client] of busy.entries()) {
      client.send(request("/slow", String(x)));
      await until(() => batcherOf(slow, "work").pending === x + 1);
    }
    const client = new Client();
    const headers = ["Content-Type: application/json", "Content-Length: 5"];
    client.send(head("/slow", ...headers));
    await client.heard(/^HTTP\/1.1 503 .*\r\nretry-after: \d+\r\n/is);
    client.hangUp();
    for (const [x, client] of busy.entries()) {
      await until(() => held.batches.length === x + 1);
      held.at(x).finish();
      await client.heard(new RegExp(`\r\n\r\n${x}$`));
      client.hangUp();
    }
  });

  it("R16 Gives up the calls of clients that hang up", async () => {
    const running = new Client();
    running.send(request("/slow", "7"));
    const started = held.batches.length;
    await until(() => held.batches.length === started + 1);
    const waiting = new Client();
    waiting.send(request("/slow", "8"));
    await until(() => batcherOf(slow, "work").stats().waiting === 1);
    waiting.hangUp();
    await until(() => batcherOf(slow, "work").stats().waiting === 0);
    held.at(started).finish();
    await running.heard(/\r\n\r\n7$/);
    running.hangUp();
    assert.equal(held.batches.length, started + 1);
  });

  it("R16 Does not take a client for gone whose answer has only begun", async () => {
    const client = new Client();
    const started = held.batches.length;
    client.send(request("/slow/bulk", "[1,2]"));
    await until(() => held.batches.length === started + 1);
    held.at(started).finish();
    await client.heard(/\{"value":1\}/);
    await until(() => held.batches.length === started + 2);
    await turns(100);
    held.at(started + 1).finish();
    // The bracket may come in a chunk of its own.
    await client.heard(/\{"value":2\}(\r\n1\r\n)?\]/);
    client.hangUp();
  });

  it("Clients that send their bodies byte by byte hold up nobody", async () => {
    const loris = Array.from({ length: 50 }, () => new Client());
    for (const client of loris) {
      client.send(
        head("/fast", "Content-Type: application/json", "Content-Length: 9") +
          "1",
      );
    }
    const client = new Client();
    client.send(request("/fast", "21"));
    await client.heard(/\r\n\r\n42$/);
    client.hangUp();
    loris[0]!.send("2345678 ");
    await loris[0]!.heard(/\r\n\r\n24691356$/);
    loris.forEach((client) => client.hangUp());
  });

  for (const kind of ["Content-Length: 9", "Transfer-Encoding: chunked"]) {
    it(`Gives up clients that never send the rest: ${kind}`, async () => {
      const client = new Client();
      const type = "Content-Type: application/json";
      client.send(head("/hasty", type, kind));
      await client.heard(/^HTTP\/1.1 408 /);
      await client.heard(/\r\nconnection: close\r\n/i);
      // Deno keeps the connection until the rest has come, or the client has gone.
      if (!("deno" in process.versions)) await client.over();
      client.hangUp();
    });
  }

  it("Refuses bodies that are announced as too large, or come to be", async () => {
    const announced = new Client();
    const type = "Content-Type: application/json";
    announced.send(head("/slow", type, "Content-Length: 101"));
    await announced.heard(/^HTTP\/1.1 413 /);
    announced.hangUp();
    const growing = new Client();
    growing.send(head("/slow", type, "Transfer-Encoding: chunked"));
    growing.send(chunk(" ".repeat(60)));
    growing.send(chunk(" ".repeat(60)));
    await growing.heard(/^HTTP\/1.1 413 /);
    growing.hangUp();
  });

  it("Keeps its connection over several requests, refused ones among them", async () => {
    const client = new Client();
    client.send(request("/fast", '"x"'));
    await client.heard(/^HTTP\/1.1 422 .*\}$/s);
    client.received = "";
    client.send(request("/fast", "4"));
    await client.heard(/\r\n\r\n8$/);
    client.hangUp();
  });

  it("Answers a line of a bulk before the next one is sent", async () => {
    const client = new Client();
    const type = "Content-Type: application/x-ndjson";
    client.send(head("/fast/bulk", type, "Transfer-Encoding: chunked"));
    client.send(chunk("1\n"));
    await client.heard(/\{"index":0,"value":2\}\n/);
    client.send(chunk("2\n"));
    await client.heard(/\{"index":1,"value":4\}\n/);
    client.send(chunk("3") + chunk(""));
    await client.heard(/\{"index":2,"value":6\}\n/);
    await client.heard(/\r\n0\r\n\r\n$/);
    client.hangUp();
  });

  it("Reads bytes as they are", async () => {
    const url = `http://127.0.0.1:${server.port}/images`;
    const body = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
    const headers = { "content-type": "application/octet-stream" };
    const answer = await fetch(url, { method: "POST", headers, body });
    assert.equal(await answer.json(), 784);
  });
});
