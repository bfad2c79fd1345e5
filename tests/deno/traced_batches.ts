/**
 * Makes three calls, each in a span of its own, that share a batch; then waits for its input to end.
 *
 * @module
 */
import { trace } from "@opentelemetry/api";
import { batched } from "../../mod.ts";
import { Telemetry } from "../../src/otel/mod.ts";

const telemetry = new Telemetry();
const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
  name: "double",
  hooks: telemetry.hooks,
});
telemetry.observe(double);

const tracer = trace.getTracer("test");
await Promise.all(
  [1, 2, 3].map((x) =>
    tracer.startActiveSpan("caller", async (span) => {
      await double(x);
      span.end();
    })
  ),
);

// Deno asks what is observed now and then, and not once more at the end.
for await (const _ of Deno.stdin.readable);
