/**
 * Does a long queue cost more per call than a short one?
 *
 *     deno task bench:backlog [--processes N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Step } from "./backlog/one_backlog.ts";
import { apartTimes } from "./harness/apart.ts";
import { atMost } from "./harness/demand.ts";
import { median } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";

const { values: wanted } = parseArgs({
  options: { processes: { type: "string", default: "2" }, ...REPORT_FLAGS },
});

const SHORT = 100_000;
const LONG = 1_000_000;
/** Ten times the calls in at most so many times the time. */
const LIMIT = 14;

const measured = ["drained", "aborted"].map((how) => ({
  how,
  short: measure(how, SHORT, 5),
  long: measure(how, LONG, 3),
}));
report({
  title: `ns per call, of ${SHORT} calls and of ${LONG}`,
  table: [
    ["", String(SHORT), String(LONG), "time of all"],
    ...measured.flatMap(({ how, short, long }) => [
      [`called, to be ${how}`, ...cellsOf(short.made, long.made)],
      [how, ...cellsOf(short.gone, long.gone)],
    ]),
  ],
  demands: measured.map(({ how, short, long }) =>
    atMost(
      `a million ${how}, in times of a hundred thousand`,
      timesOf(short.gone, long.gone),
      LIMIT,
    )
  ),
  data: measured,
}, wanted);

function measure(how: string, calls: number, repeats: number): Step {
  console.error(`measuring ${calls} ${how} ...`);
  const file = new URL("./backlog/one_backlog.ts", import.meta.url);
  const args = [how, String(calls), String(repeats)];
  const steps = apartTimes<Step[]>(Number(wanted.processes), file, { args })
    .flat();
  return {
    made: median(steps.map(({ made }) => made)),
    gone: median(steps.map(({ gone }) => gone)),
  };
}

function cellsOf(short: number, long: number): string[] {
  const times = timesOf(short, long);
  return [short.toFixed(0), long.toFixed(0), `x${times.toFixed(1)}`];
}

/** How many times as long all calls took. */
function timesOf(short: number, long: number): number {
  return (long * LONG) / (short * SHORT);
}
