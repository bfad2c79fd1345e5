/**
 * How free does a model in a thread leave the event loop, and what does that cost?
 *
 *     deno task bench:threads [--engine NAME] [--rounds N] [--seconds N] [--json] [--check]
 *
 * 64 callers ask for handwritten digits, again and again, in batches of 64 at most. The model of
 * the example runs here or in threads; what is measured is how late the timers of this thread are,
 * how many images are answered, and what an answer costs in processor time, which is right on a busy
 * machine as well.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { parseArgs } from "node:util";
import { readWall } from "../examples/predictions/digits/wall_file.ts";
import { atMost, type Demand } from "./harness/demand.ts";
import { median } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";
import { type Contestant, contestantsOn } from "./threads/contestants.ts";
import { type EngineName, engines } from "./threads/engines.ts";
import { type Measured, measured } from "./threads/load.ts";

const { values: wanted } = parseArgs({
  options: {
    engine: { type: "string", multiple: true },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    ...REPORT_FLAGS,
  },
});

const CALLERS = 64;
const WARM_UP_SECONDS = 0.5;

const images = (await readWall()).slice(0, CALLERS).map(({ image }) => image);
const names = (wanted.engine ?? Object.keys(engines)) as EngineName[];
const figures: Record<string, Measured> = {};
for (const engine of names) {
  const contestants = await contestantsOn(engine, CALLERS);
  await agree(contestants);
  for (const [name, each] of await inTurns(contestants)) {
    figures[`${engine}, ${name}`] = each;
  }
  for (const { close } of contestants) await close();
}
report({
  title:
    "Answers in a second, CPU time of each, and how late timers of 5 ms ring, in ms",
  table: [
    ["", "answers/s", "of inline", "CPU us", "late p50", "late p99"],
    ...Object.entries(figures).map(([name, each]) => [
      name,
      each.answers.toFixed(0),
      `x${(each.answers / inlineOf(name).answers).toFixed(2)}`,
      each.cpuUs.toFixed(0),
      each.lateP50.toFixed(1),
      each.lateP99.toFixed(1),
    ]),
  ],
  demands: names.flatMap(demandsOf),
  data: figures,
}, wanted);
process.exit();

/** All of them say the same of each image. */
async function agree(contestants: readonly Contestant[]): Promise<void> {
  const [inline, ...others] = contestants;
  const expected = await Promise.all(images.map(inline!.classify));
  for (const { classify } of others) {
    assert.deepEqual(await Promise.all(images.map(classify)), expected);
  }
}

/** The medians of the rounds, in which they take turns. */
async function inTurns(
  contestants: readonly Contestant[],
): Promise<[name: string, Measured][]> {
  const rounds = new Map<Contestant, Measured[]>();
  for (const contestant of contestants) {
    await measured(contestant, images, WARM_UP_SECONDS);
    rounds.set(contestant, []);
  }
  for (let round = 0; round < Number(wanted.rounds); round++) {
    for (const [contestant, results] of rounds) {
      results.push(await measured(contestant, images, Number(wanted.seconds)));
    }
  }
  return [...rounds].map(([{ name }, results]) => {
    const middle = (key: keyof Measured) =>
      median(results.map((each) => each[key]));
    return [name, {
      answers: middle("answers"),
      cpuUs: middle("cpuUs"),
      lateP50: middle("lateP50"),
      lateP99: middle("lateP99"),
    }];
  });
}

function inlineOf(name: string): Measured {
  return figures[name.replace(/,.*/, ", inline")]!;
}

function demandsOf(engine: EngineName): Demand[] {
  const inline = figures[`${engine}, inline`]!;
  const thread = figures[`${engine}, 1 thread, one buffer`]!;
  return [
    atMost(
      `${engine}: p99 of how late timers are with a thread, of that without`,
      thread.lateP99 / inline.lateP99,
      0.9,
    ),
    atMost(
      `${engine}: CPU time of an answer with a thread, of that without`,
      thread.cpuUs / inline.cpuUs,
      2,
    ),
  ];
}
