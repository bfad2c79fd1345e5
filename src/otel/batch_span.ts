/**
 * The span of a batch.
 *
 * @module
 */
import {
  INVALID_SPANID,
  ROOT_CONTEXT,
  type SpanContext,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { BatchEndEvent } from "../hooks.ts";
import { textOf, typeOf } from "./failure.ts";

/** The span in which a call is made, to be linked. */
export function activeSpan(): SpanContext | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  // One that is not to be traced stands for nothing.
  return span?.spanId === INVALID_SPANID ? undefined : span;
}

/** Tells of a batch that has ended: it has one span, with links to those of its callers. */
export function traceBatch(tracer: Tracer, batch: BatchEndEvent): void {
  const { id, name, lane, size, reason, waitMs, runMs, error } = batch;
  const endTime = Date.now();
  const span = tracer.startSpan(`${name} batch`, {
    startTime: endTime - runMs,
    links: (batch.tags as SpanContext[]).map((context) => ({ context })),
    attributes: {
      "batched.name": name,
      "batched.batch.id": id,
      "batched.batch.size": size,
      "batched.reason": reason,
      "batched.wait_ms": waitMs,
      ...(lane === undefined ? {} : { "batched.lane": String(lane) }),
    },
  }, ROOT_CONTEXT);
  if (error !== undefined) {
    span.setAttribute("error.type", typeOf(error));
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.recordException(error instanceof Error ? error : textOf(error));
  }
  span.end(endTime);
}
