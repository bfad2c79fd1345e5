/**
 * Batches on Cloudflare's workerd, where timers and promises belong to requests.
 *
 * `workersHost` makes the host of a batcher that the requests of an isolate share. `packed` and
 * `unpacked` are for batchers that live in a Durable Object, which gathers the calls of all isolates.
 *
 * @example
 * ```ts
 * import { batched } from "@batched/batched";
 * import { workersHost } from "@batched/batched/cloudflare";
 * import assert from "node:assert/strict";
 *
 * // import { waitUntil } from "cloudflare:workers";
 * const waitUntil = (_promise: Promise<unknown>) => {};
 *
 * const double = batched((xs: number[]) => xs.map((x) => 2 * x), {
 *   host: workersHost(waitUntil),
 * });
 * assert.equal(await double(21), 42);
 * ```
 *
 * @module
 */
export { workersHost } from "./workers_host.ts";
export type { WaitUntil } from "./party.ts";
export { type Packed, packed, unpacked } from "./packed.ts";
export type { PackedError } from "../packed_error.ts";
