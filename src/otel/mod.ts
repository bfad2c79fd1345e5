/**
 * Tells OpenTelemetry of batches, by its API: what is recorded goes where the process sends its
 * metrics and traces, by the SDK for Node or by Deno itself (`OTEL_DENO=true`).
 *
 * | instrument                 | kind            | unit      | attributes                                           |
 * | -------------------------- | --------------- | --------- | ---------------------------------------------------- |
 * | `batched.batch.size`       | histogram       | `{call}`  | `batched.name`                                       |
 * | `batched.batch.wait`       | histogram       | `s`       | `batched.name`                                       |
 * | `batched.batch.duration`   | histogram       | `s`       | `batched.name`, `error.type`                         |
 * | `batched.batches`          | counter         | `{batch}` | `batched.name`, `batched.reason`, `error.type`       |
 * | `batched.calls`            | counter         | `{call}`  | `batched.name`, `batched.outcome`, `error.type`      |
 * | `batched.queue.depth`      | up-down counter | `{call}`  | `batched.name`                                       |
 * | `batched.batches.running`  | up-down counter | `{batch}` | `batched.name`                                       |
 * | `batched.calls.refused`    | counter         | `{call}`  | `batched.name`                                       |
 *
 * The last three are read from batchers that are {@link Telemetry.observe observed}. Calls that
 * share a place by `dedupe` count as one in a batch and as results or failures.
 *
 * @module
 */
export { Telemetry, type TelemetryOptions } from "./telemetry.ts";
export type { Observed } from "./observation.ts";
