import type { Batch } from "../../src/core/call.ts";

/** When the calls of a batch came, in their order. */
export function timesOf(batch: Batch<unknown>): number[] {
  return batch.items.map((_, index) => batch.timeAt(index));
}
