/**
 * How much memory does a waiting call take, and what does a batcher do when it is idle?
 *
 *     deno task bench:memory [--json] [--check]
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { apart } from "./harness/apart.ts";
import { atMost } from "./harness/demand.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import type { Idling } from "./memory/idle.ts";
import { waiters } from "./memory/waiters.ts";
import type { Weight } from "./memory/waiting.ts";

const { values: wanted } = parseArgs({ options: REPORT_FLAGS });

const weights = Object.fromEntries(
  Object.keys(waiters).map((name) => [name, weigh(name)]),
) as Record<keyof typeof waiters, Weight>;
const { floor, batched } = weights;
const { idling, seconds } = idle();
report({
  title:
    "Bytes per call while it waits, as many times as the floor's, and after it was answered",
  table: [
    ["", "waiting", "", "after"],
    ...Object.entries(weights).map(([name, { waiting, after }]) => [
      name,
      waiting.toFixed(0),
      `x${(waiting / floor.waiting).toFixed(2)}`,
      after.toFixed(1),
    ]),
  ],
  demands: [
    atMost(
      "bytes per waiting call",
      batched.waiting,
      "bun" in process.versions ? 165 : 210,
    ),
    atMost("bytes that an answered call leaves", batched.after, 1),
    atMost("timers that stand when idle", idling.timers, 0),
    atMost("requests of idle batchers to their host", idling.requests, 0),
    atMost(
      "bytes that an idle batcher allocates in a second",
      idling.bytes,
      16,
    ),
    atMost(
      "s until an idle process ends, which no timer of 600 s keeps",
      seconds,
      300,
    ),
  ],
  data: { weights, idling },
}, wanted);

function weigh(name: string): Weight {
  console.error(`weighing ${name} ...`);
  const file = new URL("./memory/waiting.ts", import.meta.url);
  return apart(file, { args: [name], gc: true });
}

/** What idle batchers do, and how long the process took in which they did. */
function idle(): { idling: Idling; seconds: number } {
  console.error("idling ...");
  const file = new URL("./memory/idle.ts", import.meta.url);
  const startedAt = performance.now();
  const idling = apart<Idling>(file, { gc: true });
  return { idling, seconds: (performance.now() - startedAt) / 1000 };
}
