import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import {
  type Attributes,
  context,
  INVALID_SPAN_CONTEXT,
  type Meter,
  type MetricOptions,
  metrics,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  DataPointType,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type TimedEvent,
} from "@opentelemetry/sdk-trace-base";
import { Batched, batched, Batcher } from "../../mod.ts";
import { Telemetry } from "../../src/otel/mod.ts";
import { VirtualHost } from "../../src/testing.ts";
import { heldHandler } from "../batcher/held_handler.ts";
import { turns, watched } from "../batcher/watched.ts";
import { collectUntil } from "../decorator/garbage.ts";

/** An SDK whose exports stay in memory. */
class Sdk {
  readonly #metrics = new InMemoryMetricExporter(
    AggregationTemporality.CUMULATIVE,
  );
  readonly #spans = new InMemorySpanExporter();
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metrics,
    exportIntervalMillis: 3_600_000,
  });
  readonly meters = new MeterProvider({ readers: [this.#reader] });
  readonly tracers = new BasicTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.#spans)],
  });
  readonly meter = this.meters.getMeter("test");
  readonly tracer = this.tracers.getTracer("test");

  get spans() {
    return this.#spans.getFinishedSpans();
  }

  /** What an instrument has measured, by the values of one attribute. */
  async read(
    name: string,
    by: string,
  ): Promise<Map<unknown, unknown>> {
    const found = await this.find(name);
    const points = (found?.dataPoints ?? []) as {
      attributes: Attributes;
      value: unknown;
    }[];
    return new Map(
      points.map(({ attributes, value }) => [attributes[by], value]),
    );
  }

  /** An instrument, as it is exported. */
  async find(name: string): Promise<MetricData | undefined> {
    this.#metrics.reset();
    await this.meters.forceFlush();
    const all = this.#metrics.getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ metrics }) => metrics) as MetricData[];
    return all.find(({ descriptor }) => descriptor.name === name);
  }

  async stop(): Promise<void> {
    await this.meters.shutdown();
    await this.tracers.shutdown();
  }
}

const contexts = new AsyncLocalStorageContextManager();
context.setGlobalContextManager(contexts.enable());
const sdk = new Sdk();

describe("Telemetry", () => {
  after(async () => {
    await sdk.stop();
    context.disable();
    contexts.disable();
  });

  it("Gives a batch one span, with links to the spans of all its callers", async () => {
    const telemetry = new Telemetry(sdk);
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
      name: "double",
      maxWaitMs: 0,
      hooks: telemetry.hooks,
    });
    const callers = [1, 2, 3].map((x) =>
      sdk.tracer.startActiveSpan(`caller ${x}`, async (span) => {
        await double(x);
        span.end();
        return span.spanContext();
      })
    );
    const nobody = double(4);
    const contexts = await Promise.all(callers);
    await nobody;
    const batches = sdk.spans.filter(({ name }) => name === "double batch");
    assert.equal(batches.length, 1);
    const [span] = batches;
    assert.deepEqual(
      span!.links.map(({ context }) => context.spanId),
      contexts.map(({ spanId }) => spanId),
    );
    assert.equal(span!.parentSpanContext, undefined);
    const { "batched.wait_ms": waitMs, ...attributes } = span!.attributes;
    assert.ok(Number(waitMs) >= 0);
    assert.deepEqual(attributes, {
      "batched.name": "double",
      "batched.batch.id": 1,
      "batched.batch.size": 4,
      "batched.reason": "idle",
    });
    assert.equal(span!.status.code, SpanStatusCode.UNSET);
  });

  it("A span lasts as long as its batch", async () => {
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      name: "slow",
      host,
      hooks: new Telemetry(sdk).hooks,
    });
    watched(batcher.run(1));
    await host.advance(250);
    handler.at(0).finish();
    await host.advance();
    const span = sdk.spans.find(({ name }) => name === "slow batch")!;
    const [seconds, nanoseconds] = span.duration;
    assert.equal(Math.round(seconds * 1e3 + nanoseconds / 1e6), 250);
  });

  it("A batch that fails says so by its span and its metrics, and shows no item", async () => {
    const fail = batched((xs: string[]): string[] => {
      throw new RangeError(xs.length > 0 ? "Out of range" : "");
    }, { name: "fail", hooks: new Telemetry(sdk).hooks });
    await assert.rejects(fail("secret"), RangeError);
    const span = sdk.spans.find(({ name }) => name === "fail batch")!;
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    assert.equal(span.attributes["error.type"], "RangeError");
    const [{ name, attributes }] = span.events as [TimedEvent];
    assert.equal(name, "exception");
    assert.equal(attributes!["exception.type"], "RangeError");
    assert.equal(attributes!["exception.message"], "Out of range");
    assert.doesNotMatch(JSON.stringify(span.attributes), /secret/);
    const errors = await sdk.read("batched.batches", "error.type");
    assert.equal(errors.get("RangeError"), 1);
    const times = await sdk.read("batched.batch.duration", "error.type");
    assert.equal((times.get("RangeError") as Histogram).count, 1);
  });

  it("Counts sizes, times, reasons and outcomes", async () => {
    const sdk = new Sdk();
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x < 0 ? new Error("odd") : x);
    const batcher = new Batcher(handler, {
      name: "count",
      size: 3,
      maxWaitMs: 20,
      host,
      hooks: new Telemetry(sdk).hooks,
    });
    [1, -2, 3].map((x) => watched(batcher.run(x)));
    await host.advance(100);
    handler.at(0).finish();
    watched(batcher.run(4));
    const gone = new AbortController();
    watched(batcher.run(5, { signal: gone.signal }));
    gone.abort();
    watched(batcher.run(6, { deadlineMs: 50 }));
    await host.advance(60);
    handler.at(1).finish();
    await host.advance();
    const sizes = await sdk.read("batched.batch.size", "batched.name");
    const { count, sum } = sizes.get("count") as Histogram;
    assert.deepEqual([count, sum], [2, 5]);
    const runs = await sdk.read("batched.batch.duration", "batched.name");
    assert.equal((runs.get("count") as Histogram).count, 2);
    const waits = await sdk.read("batched.batch.wait", "batched.name");
    assert.equal((waits.get("count") as Histogram).count, 2);
    assert.deepEqual(
      await sdk.read("batched.batches", "batched.reason"),
      new Map<unknown, unknown>([["full", 1], ["window", 1]]),
    );
    assert.deepEqual(
      await sdk.read("batched.calls", "batched.outcome"),
      new Map<unknown, unknown>([
        ["result", 3],
        ["failure", 1],
        ["aborted", 1],
        ["expired", 1],
      ]),
    );
    await sdk.stop();
  });

  it("observe() shows what waits and runs, of all objects of one name together", async () => {
    const sdk = new Sdk();
    const telemetry = new Telemetry(sdk);
    class Model {
      @Batched({
        size: 2,
        maxQueue: 1,
        handler: () => new Promise<number[]>(() => {}),
        hooks: telemetry.hooks,
      })
      predict(x: number): Promise<number> {
        return new Promise(() => x);
      }
    }
    const models = [new Model(), new Model()];
    const other = batched((xs: number[]) => xs, { name: "other" });
    const stop = telemetry.observe(...models, other, other.batcher);
    for (const model of models) {
      watched(model.predict(1));
      watched(model.predict(2));
      await turns(2);
      watched(model.predict(3));
      watched(model.predict(4));
    }
    await turns(2);
    const read = (name: string) => sdk.read(name, "batched.name");
    assert.equal((await read("batched.queue.depth")).get("predict"), 2);
    assert.equal((await read("batched.batches.running")).get("predict"), 2);
    assert.equal((await read("batched.calls.refused")).get("predict"), 2);
    assert.equal((await read("batched.queue.depth")).get("other"), 0);
    stop();
    let asked = 0;
    const stats = other.batcher.stats.bind(other.batcher);
    Object.assign(other.batcher, { stats: () => (asked++, stats()) });
    await read("batched.queue.depth");
    assert.equal(asked, 0);
    await sdk.stop();
  });

  it("Tells seconds, the lane where there is one, and the kinds of errors", async () => {
    const sdk = new Sdk();
    const host = new VirtualHost();
    const handler = heldHandler((x: number) => x);
    const batcher = new Batcher(handler, {
      name: "exact",
      maxWaitMs: 20,
      host,
      hooks: new Telemetry(sdk).hooks,
    });
    watched(batcher.run(1));
    await host.advance(20);
    await host.advance(500);
    handler.at(0).finish();
    await host.advance();
    const sumOf = async (name: string) =>
      ((await sdk.read(name, "batched.name")).get("exact") as Histogram).sum;
    assert.equal(await sumOf("batched.batch.wait"), 0.02);
    assert.equal(await sumOf("batched.batch.duration"), 0.5);
    watched(batcher.run(2, { lane: "left" }));
    await host.advance(20);
    handler.at(1).fail(new RangeError("secret"));
    await host.advance();
    const calls = await sdk.read("batched.calls", "error.type");
    assert.deepEqual([calls.get(undefined), calls.get("RangeError")], [1, 1]);
    const lanes = sdk.spans.map(({ attributes }) => attributes["batched.lane"]);
    assert.deepEqual(lanes, [undefined, "left"]);
    await sdk.stop();
  });

  it("observe() takes objects, functions and batchers, and tells waiting from running", async () => {
    const sdk = new Sdk();
    const telemetry = new Telemetry(sdk);
    const never = () => new Promise<number[]>(() => {});
    const options = { size: 1, concurrency: 2 };
    const call = batched(never, { ...options, name: "function" });
    const batcher = new Batcher(never, { ...options, name: "batcher" });
    telemetry.observe(call, batcher);
    for (const x of [1, 2, 3]) [call(x), batcher.run(x)].map(watched);
    await turns(2);
    for (
      const [name, count] of [
        ["batched.batches.running", 2],
        ["batched.queue.depth", 1],
      ] as const
    ) {
      const values = await sdk.read(name, "batched.name");
      assert.deepEqual(Object.fromEntries(values), {
        function: count,
        batcher: count,
      });
    }
    await sdk.stop();
  });

  it("observe() counts once what it is given twice", async () => {
    const sdk = new Sdk();
    const telemetry = new Telemetry(sdk);
    const held = batched(() => new Promise<number[]>(() => {}), {
      name: "held",
      size: 1,
    });
    telemetry.observe(held);
    telemetry.observe(held, held.batcher);
    watched(held(1));
    watched(held(2));
    await turns(2);
    for (const name of ["batched.queue.depth", "batched.batches.running"]) {
      const values = await sdk.read(name, "batched.name");
      assert.equal(values.get("held"), 1, name);
    }
    await sdk.stop();
  });

  it("observe() counts refused calls, and those of batchers that are gone stay counted", async () => {
    const sdk = new Sdk();
    const telemetry = new Telemetry(sdk);
    const refused = async () =>
      (await sdk.read("batched.calls.refused", "batched.name")).get("closed");
    const [one, two] = [1, 2].map(() => {
      const batcher = new Batcher((xs: number[]) => xs, { name: "closed" });
      return { batcher, stop: telemetry.observe(batcher) };
    });
    for (const { batcher } of [one!, two!, two!]) batcher.turnAway();
    assert.equal(await refused(), 3);
    one!.batcher.turnAway();
    assert.equal(await refused(), 4);
    two!.stop();
    assert.equal(await refused(), 4);
    telemetry.observe(two!.batcher);
    two!.batcher.turnAway();
    assert.equal(await refused(), 5);
    await sdk.stop();
  });

  it("observe() counts what can be added up by up-down counters", async () => {
    const sdk = new Sdk();
    new Telemetry(sdk).observe(batched((xs: number[]) => xs));
    for (const name of ["batched.queue.depth", "batched.batches.running"]) {
      const found = await sdk.find(name);
      assert(found?.dataPointType === DataPointType.SUM, name);
      assert.equal(found.isMonotonic, false);
    }
    await sdk.stop();
  });

  it("Its instruments say what they measure, in what, and in which steps", async () => {
    const made: Record<string, [kind: string, options: MetricOptions]> = {};
    const instrument = { add() {}, record() {}, addCallback() {} };
    const meter = new Proxy({}, {
      get: (_, kind: string) => (name: string, options: MetricOptions) => {
        made[name] = [kind, options];
        return instrument;
      },
    }) as Meter;
    const telemetry = new Telemetry({ meter, links: false });
    const { hooks } = telemetry;
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), { hooks });
    telemetry.observe(double);
    await double(1);
    const seconds = [
      ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05],
      ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ];
    const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
    const of = (description: string, unit: string, steps?: number[]) => ({
      description,
      unit,
      ...(steps && { advice: { explicitBucketBoundaries: steps } }),
    });
    assert.deepEqual(made, {
      "batched.batch.size": [
        "createHistogram",
        of("Calls in a batch when it left", "{call}", sizes),
      ],
      "batched.batch.wait": [
        "createHistogram",
        of("How long the oldest call of a batch waited", "s", seconds),
      ],
      "batched.batch.duration": [
        "createHistogram",
        of("How long a batch ran", "s", seconds),
      ],
      "batched.batches": [
        "createCounter",
        of("Batches, by why they left", "{batch}"),
      ],
      "batched.calls": [
        "createCounter",
        of("Calls, by what became of them", "{call}"),
      ],
      "batched.queue.depth": [
        "createObservableUpDownCounter",
        of("Calls that wait", "{call}"),
      ],
      "batched.batches.running": [
        "createObservableUpDownCounter",
        of("Batches that run", "{batch}"),
      ],
      "batched.calls.refused": [
        "createObservableCounter",
        of("Calls for which there was no place", "{call}"),
      ],
    });
  });

  it("observe() keeps nothing of what is gone, though nobody reads metrics", async (test) => {
    const held: WeakRef<object>[] = [];
    class Noted<T extends WeakKey> extends WeakRef<T> {
      constructor(target: T) {
        super(target);
        held.push(new original(this));
      }
    }
    const original = WeakRef;
    globalThis.WeakRef = Noted;
    test.after(() => globalThis.WeakRef = original);
    const telemetry = new Telemetry();
    for (let i = 0; i < 100; i++) {
      telemetry.observe(new Batcher((xs: number[]) => xs));
    }
    assert.equal(held.length, 100);
    const left = await collectUntil(10, held);
    assert.ok(left <= 10, `${left} are held`);
  });

  it("A batch that fails with something that has no words has its span", async () => {
    const sdk = new Sdk();
    const batcher = new Batcher<number, number>(
      () => Promise.reject(Object.create(null)),
      { hooks: new Telemetry(sdk).hooks },
    );
    await assert.rejects(batcher.run(1));
    const [span] = sdk.spans;
    assert.equal(span!.status.code, SpanStatusCode.ERROR);
    assert.equal(span!.attributes["error.type"], "object");
    assert.equal(span!.events[0]!.attributes!["exception.message"], "object");
    assert.equal(batcher.stats().hookErrors, 0);
    await sdk.stop();
  });

  it("Without links nobody asks for the span of a call", () => {
    assert.equal(new Telemetry({ links: false }).hooks.onCall, undefined);
    assert.notEqual(new Telemetry().hooks.onCall, undefined);
  });

  it("Makes its instruments once, for all batches", async () => {
    const sdk = new Sdk();
    let made = 0;
    const meter: Meter = Object.assign(Object.create(sdk.meter), {
      createCounter: (name: string) => (made++, sdk.meter.createCounter(name)),
    });
    const { hooks } = new Telemetry({ meter });
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), { hooks });
    await double(1);
    const atFirst = made;
    await double(2);
    assert.ok(atFirst > 0);
    assert.equal(made, atFirst);
    await sdk.stop();
  });

  it("Finds an SDK that starts after it was made", async () => {
    const telemetry = new Telemetry();
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
      name: "late",
      hooks: telemetry.hooks,
    });
    const sdk = new Sdk();
    metrics.setGlobalMeterProvider(sdk.meters);
    trace.setGlobalTracerProvider(sdk.tracers);
    await double(1);
    assert.equal(sdk.spans.length, 1);
    const batches = await sdk.read("batched.batches", "batched.name");
    assert.equal(batches.get("late"), 1);
    metrics.disable();
    trace.disable();
    await sdk.stop();
  });

  it("Finds an SDK that starts after a batch, or takes the place of another", async () => {
    const { hooks } = new Telemetry();
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
      name: "late",
      hooks,
    });
    await double(1);
    for (const calls of [2, 1]) {
      const sdk = new Sdk();
      metrics.setGlobalMeterProvider(sdk.meters);
      for (let call = 0; call < calls; call++) await double(call);
      const batches = await sdk.read("batched.batches", "batched.name");
      assert.equal(batches.get("late"), calls);
      metrics.disable();
      await sdk.stop();
    }
  });

  it("Links to no span that is not traced", async () => {
    const sdk = new Sdk();
    const { hooks } = new Telemetry({ tracer: sdk.tracer });
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), { hooks });
    // What SDKs give where tracing is suppressed.
    const untraced = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    await context.with(
      trace.setSpan(context.active(), untraced),
      () => double(1),
    );
    assert.deepEqual(sdk.spans.map(({ links }) => links), [[]]);
    await sdk.stop();
  });

  it("Without any SDK it changes nothing", async () => {
    const { hooks } = new Telemetry();
    const double = batched((xs: number[]) => xs.map((x) => 2 * x), { hooks });
    assert.equal(await double(21), 42);
    assert.equal(double.batcher.stats().hookErrors, 0);
  });
});
