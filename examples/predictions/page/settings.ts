/**
 * What the page can set, and what that means to a batcher.
 *
 * @module
 */

import { z } from "zod";
import {
  adaptive,
  type BatcherChanges,
  natural,
  type Policy,
  window,
} from "../../../mod.ts";

/** Whether calls reach the model one by one or in batches. */
export type Mode = "single" | "batched";

/** All that can be set. Every viewer sees the same. */
export interface Settings {
  readonly mode: Mode;
  /** Whether the virtual clients are at work. */
  readonly running: boolean;
  /** How many virtual clients there are. */
  readonly callers: number;
  /** Most items in a batch. */
  readonly size: number;
  readonly policy: "window" | "natural" | "adaptive";
  /** The longest wait of `window` and `adaptive`. */
  readonly waitMs: number;
  /** Most batches at once. */
  readonly concurrency: number;
}

/** How the service starts: as the decorators say. */
export const firstSettings: Settings = {
  mode: "batched",
  running: false,
  callers: 64,
  size: 64,
  policy: "window",
  waitMs: 2,
  concurrency: 1,
};

/** What the page may send. */
export const settingsSchema: z.ZodType<Settings> = z.strictObject({
  mode: z.enum(["single", "batched"]),
  running: z.boolean(),
  callers: z.int().min(1).max(512),
  size: z.int().min(1).max(256),
  policy: z.enum(["window", "natural", "adaptive"]),
  waitMs: z.number().min(0).max(50),
  concurrency: z.int().min(1).max(8),
});

/** What `configure` is to be told. */
export function changesOf(settings: Settings): BatcherChanges {
  const { size, concurrency } = settings;
  return { size, concurrency, policy: policyOf(settings) };
}

function policyOf({ policy, waitMs }: Settings): Policy {
  if (policy === "natural") return natural();
  return policy === "window" ? window(waitMs) : adaptive({ maxWaitMs: waitMs });
}
