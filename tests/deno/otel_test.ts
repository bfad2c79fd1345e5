import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

interface Span {
  name: string;
  spanId: string;
  links?: { spanId: string }[];
  attributes: Attribute[];
}

interface Metric {
  name: string;
}

/** Takes what Deno exports, as JSON. */
class Collector {
  readonly spans: Span[] = [];
  readonly metrics: Metric[] = [];
  #onMetrics = () => {};
  readonly #server = Deno.serve(
    { port: 0, onListen() {} },
    (request) => this.#take(request),
  );

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Waits until a metric of that name has come. */
  async heard(name: string): Promise<void> {
    while (!this.metrics.some((metric) => metric.name === name)) {
      await new Promise<void>((resolve) => this.#onMetrics = resolve);
    }
  }

  stop(): Promise<void> {
    return this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const { resourceSpans = [], resourceMetrics = [] } = await request.json();
    for (const { scopeSpans } of resourceSpans) {
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
    for (const { scopeMetrics } of resourceMetrics) {
      for (const { metrics } of scopeMetrics) this.metrics.push(...metrics);
    }
    this.#onMetrics();
    return Response.json({});
  }
}

const script = fileURLToPath(new URL("./traced_batches.ts", import.meta.url));

Deno.test("Deno's own OpenTelemetry exports batches: spans with links, and metrics", async () => {
  const collector = new Collector();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--allow-all", script],
    stdin: "piped",
    stderr: "inherit",
    env: {
      OTEL_DENO: "true",
      OTEL_DENO_CONSOLE: "ignore",
      OTEL_METRIC_EXPORT_INTERVAL: "50",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    },
  }).spawn();
  await collector.heard("batched.queue.depth");
  await child.stdin.close();
  assert.ok((await child.status).success);
  await collector.stop();
  const { spans, metrics } = collector;
  const callers = spans.filter(({ name }) => name === "caller");
  const [batch, ...others] = spans.filter(({ name }) =>
    name === "double batch"
  );
  assert.equal(others.length, 0);
  assert.deepEqual(
    new Set(batch!.links!.map(({ spanId }) => spanId)),
    new Set(callers.map(({ spanId }) => spanId)),
  );
  const size = batch!.attributes.find(({ key }) =>
    key === "batched.batch.size"
  );
  assert.equal(Number(Object.values(size!.value)[0]), 3);
  const names = new Set(metrics.map(({ name }) => name));
  for (
    const name of [
      "batched.batch.size",
      "batched.batch.wait",
      "batched.batch.duration",
      "batched.batches",
      "batched.calls",
      "batched.queue.depth",
    ]
  ) {
    assert.ok(names.has(name), name);
  }
});
