/**
 * Is a request lost when a service is restarted under load?
 *
 * Two instances serve; in turn each is taken out of service, told to end and replaced, as a
 * rolling restart does.
 *
 *     deno task bench:restarts [--restarts N] [--callers N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { atLeast, atMost } from "./harness/demand.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { Fleet } from "./load/fleet.ts";
import { Instance } from "./load/instance.ts";

const { values: wanted } = parseArgs({
  options: {
    ...REPORT_FLAGS,
    restarts: { type: "string", default: "20" },
    callers: { type: "string", default: "32" },
  },
});
const restarts = Number(wanted.restarts);
/** An instance has to do some work before it is replaced. */
const answersEach = 200;

const instances = [await Instance.start(), await Instance.start()];
const fleet = new Fleet(
  Number(wanted.callers),
  instances.map(({ port }) => port),
);
const stopsMs: number[] = [];
let unclean = 0;
for (let turn = 0; turn < restarts; turn++) {
  const old = instances.shift()!;
  fleet.remove(old.port);
  const before = performance.now();
  if (await old.stop() !== 0) unclean++;
  stopsMs.push(performance.now() - before);
  const young = await Instance.start();
  instances.push(young);
  await fleet.add(young.port, answersEach);
  console.error(`restart ${turn + 1} of ${restarts} ...`);
}
await fleet.end();
await Promise.all(instances.map((instance) => instance.stop()));

const { answers, failures, askedAgain, slowestMs } = fleet;
const slowestStopMs = Math.max(...stopsMs);
report({
  title:
    `${restarts} restarts of two instances under the load of ${wanted.callers} callers`,
  table: [
    ["", ""],
    ["requests answered", answers.toLocaleString("en-US")],
    ["not answered", String(failures.length)],
    ["asked again, after a standstill of the callers", String(askedAgain)],
    ["the slowest answer, ms", slowestMs.toFixed(0)],
    ["the slowest stop, ms", slowestStopMs.toFixed(0)],
    ...[...new Set(failures)].map((failure) => [failure, ""]),
  ],
  demands: [
    atMost("requests that were not answered", failures.length, 0),
    atMost("instances that did not end with 0", unclean, 0),
    atLeast("requests answered", answers, restarts * answersEach),
  ],
  data: { restarts, answers, failures, askedAgain, slowestMs, slowestStopMs },
}, wanted);
