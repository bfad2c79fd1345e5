import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { FakeTime } from "@std/testing/time";
import { createApp } from "../../examples/predictions/app.ts";
import { Digits } from "../../examples/predictions/digits/digits.ts";
import { firstSettings } from "../../examples/predictions/page/settings.ts";
import { Predictor } from "../../examples/predictions/predictor.ts";
import { batcherOf, closeAll } from "../../mod.ts";

/** Models that answer at once, and remember how many they were asked about. */
const asked: number[] = [];
const predictor = new Predictor({
  predict(rows) {
    asked.push(rows.length);
    return rows.map(() => ({ mean: 0, std: 0 }));
  },
});
const digits = new Digits({
  classify: (images) => images.map(() => [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
});
const ending = new AbortController();
const app = createApp({ predictor, digits }, { ending: ending.signal });
const json = { "content-type": "application/json" };

async function set(
  body: string,
  headers: Record<string, string> = json,
): Promise<Response> {
  const init = { method: "POST", headers, body };
  return await app.request("/page/settings", init);
}

/** Reads server-sent events, each as its name and its data. */
class Events {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";
  /** That of the last one. */
  id: string | undefined;

  constructor(response: Response) {
    const decoder = new TextDecoderStream() as TransformStream<
      Uint8Array,
      string
    >;
    this.#reader = response.body!.pipeThrough(decoder).getReader();
  }

  /** The next one of this name; `undefined` at the end. */
  async next(name: string): Promise<Record<string, unknown> | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await this.#reader.read();
        if (done) return undefined;
        this.#text += value;
        continue;
      }
      const [head, data, id] = this.#text.slice(0, end).split("\n");
      this.#text = this.#text.slice(end + 2);
      this.id = id?.slice(4);
      if (head === `event: ${name}`) return JSON.parse(data!.slice(6));
    }
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}

async function watch(): Promise<Events> {
  return new Events(await app.request("/page/live"));
}

/** The next tick in which somebody was answered, and that is such a one: a process that is stopped ticks without. */
async function busyTick(
  events: Events,
  isSuch: (tick: Record<string, unknown>) => boolean = () => true,
): Promise<Record<string, unknown>> {
  for (;;) {
    const tick = await events.next("tick");
    assert(tick, "The events have ended");
    if (Number(tick["requestsPerSecond"]) > 0 && isSuch(tick)) return tick;
  }
}

describe("The routes of the page", () => {
  after(() => Promise.all([closeAll(predictor), closeAll(digits)]));

  it("give a page that can load nothing from elsewhere", async () => {
    const response = await app.request("/");
    const policy = response.headers.get("content-security-policy")!;
    assert.match(policy, /^default-src 'self'; script-src 'self' 'sha256-/);
    const html = await response.text();
    assert.doesNotMatch(html, /(src|href)="(?!\/|#)/);
    for (const [, path] of html.matchAll(/(?:src|href)="(\/page[^"]*)"/g)) {
      assert.equal((await app.request(path!)).status, 200, path!);
    }
  });

  it("give scripts without types, and all that they import", async () => {
    const seen = new Set<string>();
    const visit = async (path: string): Promise<void> => {
      if (seen.has(path)) return;
      seen.add(path);
      const response = await app.request(path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get("content-type"), "text/javascript");
      const code = await response.text();
      assert.doesNotMatch(code, /import type|interface /, path);
      for (const [, to] of code.matchAll(/from "(\.[^"]*)"/g)) {
        await visit(new URL(to!, `http://x${path}`).pathname);
      }
    };
    await visit("/page/file/page/browser/main.ts");
    assert(seen.has("/page/file/digits/frame.ts"));
    assert.equal((await app.request("/page/file/uplot.js")).status, 200);
  });

  it("give no other files", async () => {
    for (
      const name of [
        "page/live.ts",
        "page/browser/none.ts",
        "style/none.css",
        "digits/digits.ts",
        "page/browser/..%2f..%2fapp.ts",
        "constructor",
        "",
      ]
    ) {
      const { status } = await app.request(`/page/file/${name}`);
      assert.equal(status, 404, name);
    }
  });

  it("refuse settings that are none, and say why", async () => {
    const sent = JSON.stringify(firstSettings);
    const wrong: [Promise<Response>, number, RegExp][] = [
      [set(sent, { "content-type": "text/plain" }), 415, /json/],
      [set(sent, {}), 415, /json/],
      [set(sent + " ".repeat(4096), json), 413, /4096/],
      [set("{"), 400, /JSON/],
      [set("[]"), 422, /^Wrong settings: [^ ]/],
      [set(JSON.stringify({ ...firstSettings, size: 0 })), 422, /size/],
      [set(JSON.stringify({ ...firstSettings, callers: 1e9 })), 422, /callers/],
      [set(JSON.stringify({ ...firstSettings, other: 1 })), 422, /other/],
    ];
    for (const [answer, status, detail] of wrong) {
      const response = await answer;
      assert.equal(response.status, status);
      assert.match((await response.json()).detail, detail);
    }
  });

  it("tell who watches how it is set, at first and at each change", async () => {
    const events = await watch();
    assert.deepEqual(await events.next("settings"), firstSettings);
    const settings = { ...firstSettings, size: 16, policy: "adaptive" };
    const headers = { "content-type": "application/json; charset=utf-8" };
    const answer = await set(JSON.stringify(settings), headers);
    assert.equal(answer.status, 204);
    assert.deepEqual(await events.next("settings"), settings);
    assert.equal(answer.headers.get("etag"), `"${events.id}"`);
    await events.leave();
  });

  it("read the wall in batches of the size that is set, or one by one", async () => {
    const read = async () =>
      await (await app.request("/page/wall", { method: "POST" })).json();
    const settings = { ...firstSettings, size: 16 };
    await set(JSON.stringify(settings));
    const together = await read();
    assert.deepEqual([together.mode, together.batches], ["batched", 16]);
    assert.deepEqual(
      together.answers.map(({ digit }: { digit: number }) => digit),
      new Array(256).fill(7),
    );
    await set(JSON.stringify({ ...settings, mode: "single" }));
    const alone = await read();
    assert.deepEqual([alone.mode, alone.batches], ["single", 256]);
  });

  it("show all who ask at once the same wall", async () => {
    await set(JSON.stringify(firstSettings));
    const answers = await Promise.all(Array.from({ length: 20 }, async () => {
      const answer = await app.request("/page/wall", { method: "POST" });
      return await answer.text();
    }));
    assert.equal(new Set(answers).size, 1);
    assert.equal(JSON.parse(answers[0]!).answers.length, 256);
  });

  it("read the wall though others have filled the queue", async () => {
    const batcher = batcherOf(digits, "classify");
    const others = [];
    while (!batcher.full) others.push(digits.classify(new Uint8Array(784)));
    const answer = await app.request("/page/wall", { method: "POST" });
    assert.equal((await answer.json()).answers.length, 256);
    await Promise.all(others);
  });

  it("say which methods there are", async () => {
    for (
      const [path, method, allow] of [
        ["/", "POST", "GET, HEAD"],
        ["/metrics", "DELETE", "GET, HEAD"],
        ["/digits/wall", "PUT", "GET, HEAD"],
        ["/page/file/icon.svg", "POST", "GET, HEAD"],
        ["/page/settings", "GET", "POST"],
        ["/page/wall", "OPTIONS", "POST"],
        ["/page/live", "POST", "GET, HEAD"],
      ] as const
    ) {
      const answer = await app.request(path, { method });
      assert.equal(answer.status, 405, path);
      assert.equal(answer.headers.get("allow"), allow);
      assert.equal((await answer.json()).status, 405);
    }
    assert.equal((await app.request("/page/nothing")).status, 404);
  });

  it("take nobody for a viewer who asks for the head alone", async () => {
    const head = await app.request("/page/live", { method: "HEAD" });
    assert.equal(head.headers.get("content-type"), "text/event-stream");
    const events = await watch();
    await set(JSON.stringify({ ...firstSettings, running: true }));
    await events.next("tick");
    await events.leave();
    // The last one has left: so the clients rest.
    const next = await watch();
    assert.equal((await next.next("settings"))!["running"], false);
    await next.leave();
  });

  it("drive the model while somebody watches, in batches as it is set", {
    timeout: 60_000,
  }, async () => {
    const events = await watch();
    const settings = { ...firstSettings, running: true, callers: 8, size: 4 };
    await set(JSON.stringify(settings));
    await busyTick(events);
    const tick = await busyTick(events);
    const { mode, callers, meanBatch, largestBatch, reasons, failures } = tick;
    assert.deepEqual(
      { mode, callers, meanBatch, largestBatch, failures },
      {
        mode: "batched",
        callers: 8,
        meanBatch: 4,
        largestBatch: 4,
        failures: 0,
      },
    );
    assert.deepEqual(Object.keys(reasons as object), ["full"]);
    await set(JSON.stringify({ ...settings, mode: "single" }));
    await busyTick(events, ({ largestBatch }) => largestBatch === 1);
    await events.leave();
  });

  it("let a client that is refused wait as long as it is told to", {
    timeout: 60_000,
  }, async () => {
    const events = await watch();
    // 192 may wait behind a batch of one.
    const settings = { ...firstSettings, running: true, callers: 200, size: 1 };
    await set(JSON.stringify(settings));
    const refused = () => batcherOf(predictor, "predict").stats().refused;
    await busyTick(events, () => refused() > 0);
    const tick = await busyTick(events);
    assert.equal(tick["failures"], 0);
    // Each of them asks once a second at most: it was thousands of times.
    assert(refused() < 1000, `${refused()} were refused`);
    await events.leave();
  });

  it("let the clients rest when the last one has left", async () => {
    const batcher = batcherOf(predictor, "predictAlone");
    await batcher.flush();
    const events = await watch();
    assert.equal((await events.next("settings"))!["running"], false);
    await events.leave();
    const { pending } = batcher;
    assert.equal(pending, 0);
  });

  it("let no connection idle on which clients at rest are watched", async () => {
    using time = new FakeTime();
    const { body } = await app.request("/page/live");
    const reader = body!.getReader();
    await reader.read();
    await time.tickAsync(5000);
    const { value } = await reader.read();
    assert.equal(new TextDecoder().decode(value), ":\n\n");
    await reader.cancel();
    assert.equal(await time.nextAsync(), false);
  });

  it("end when the service does", async () => {
    const events = await watch();
    await set(JSON.stringify({ ...firstSettings, running: true }));
    await events.next("tick");
    ending.abort();
    assert.equal(await events.next("no such event"), undefined);
    const late = await watch();
    assert.equal(await late.next("settings"), undefined);
  });
});
