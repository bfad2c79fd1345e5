/**
 * Does memory stay flat?
 *
 * The service is loaded, by chance, with a share of what it can do, and its memory is watched.
 *
 *     deno task bench:soak [--minutes N] [--share N] [--picture FILE] [--json] [--check]
 *
 * @module
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runClosedLoop } from "../examples/predictions/load/closed_loop.ts";
import { postRequest } from "../examples/predictions/load/connection.ts";
import { sampleBody } from "../examples/predictions/sample.ts";
import { atMost } from "./harness/demand.ts";
import { machine } from "./harness/machine.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { Instance } from "./load/instance.ts";
import { OpenLoop } from "./load/open_loop.ts";
import { growthOf, pictureOf, type Sample, sampled } from "./load/soaking.ts";
import { Random } from "./simulation/random.ts";

const { values: wanted } = parseArgs({
  options: {
    ...REPORT_FLAGS,
    minutes: { type: "string", default: "10" },
    share: { type: "string", default: "0.8" },
    picture: { type: "string" },
  },
});
const seconds = 60 * Number(wanted.minutes);
const path = "/optimized_predict";

const instance = await Instance.start();
const samples: Sample[] = [];
let perSecond: number;
try {
  console.error("measuring what it can do ...");
  const loop = new OpenLoop({
    port: instance.port,
    requests: [postRequest(path, sampleBody)],
    perSecond: 0,
    connections: 256,
    timeoutMs: 1000,
    random: new Random(1),
  });
  perSecond = Number(wanted.share) * await capacityOf(instance.port, loop);
  loop.pace(perSecond);
  const begun = performance.now();
  for (let at = 0; at < seconds;) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    at = (performance.now() - begun) / 1000;
    samples.push(sampled(at, instance.residentBytes(), loop.take()));
  }
  await loop.end();
} finally {
  await instance.stop();
}

const sum = (pick: (sample: Sample) => number) =>
  samples.reduce((sum, sample) => sum + pick(sample), 0);
const [answers, failed] = [sum((s) => s.answers), sum((s) => s.failed)];
const [p95Ms, latenessMs] = [sum((s) => s.p95Ms), sum((s) => s.latenessMs)]
  .map((total) => total / samples.length) as [number, number];
const megabytes = (at: number) => samples.at(at)!.megabytes.toFixed(0);
const growth = growthOf(samples);
if (wanted.picture !== undefined) {
  const words = `${machine().runtime}: ${answers.toLocaleString("en-US")} ` +
    `answers of the example, at ${
      100 * Number(wanted.share)
    } % of what it can do`;
  writeFileSync(wanted.picture, pictureOf(samples, words));
}
report({
  title: `${wanted.minutes} minutes at ${wanted.share} of what it can do`,
  table: [
    ["", ""],
    ["requests per second", perSecond.toFixed(0)],
    ["answers", answers.toLocaleString("en-US")],
    ["failures", String(failed)],
    ["p95, ms, mean over the seconds", p95Ms.toFixed(1)],
    ["p95 of the generator's lateness, ms", latenessMs.toFixed(1)],
    ["memory at the beginning, MB", megabytes(0)],
    ["memory at the end, MB", megabytes(-1)],
    ["last quarter by second quarter", growth.toFixed(3)],
  ],
  demands: [
    atMost("growth of memory, last quarter by second quarter", growth, 1.1),
    atMost("requests that failed, per 1,000", 1000 * failed / answers, 1),
  ],
  data: { perSecond, answers, failed, growth, samples },
}, wanted);

/** How many requests per second it answers of those that come by chance, when too many do. */
async function capacityOf(port: number, loop: OpenLoop): Promise<number> {
  const plan = { port, path, callers: 64, bodies: [sampleBody] };
  // The first requests compile code.
  await runClosedLoop({ ...plan, durationMs: 1000 });
  // Callers that never rest come in step with its batches: to them it answers more.
  const { perSecond } = await runClosedLoop({ ...plan, durationMs: 2000 });
  loop.pace(perSecond);
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const { latencies } = loop.take();
  await loop.rest();
  loop.take();
  return latencies.count / 4;
}
