/**
 * What does an item cost an engine, alone and in a batch?
 *
 *     deno task bench:engines [--model NAME] [--processes N] [--json] [--check]
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Measured } from "./engines/one_model.ts";
import { apartTimes } from "./harness/apart.ts";
import { atLeast, atMost, type Demand } from "./harness/demand.ts";
import { median } from "./harness/figures.ts";
import { report, REPORT_FLAGS } from "./harness/report.ts";

const { values: wanted } = parseArgs({
  options: {
    model: { type: "string", multiple: true },
    processes: { type: "string", default: "2" },
    ...REPORT_FLAGS,
  },
});

/** How far the answers of two engines may be from each other: float32 has seven digits. */
const TOLERANCES: Readonly<Record<string, number>> = {
  diabetes: 1e-4,
  digits: 1e-5,
};
/** How many times cheaper 64 at once must be on the engine of the example. */
const GAINS: Readonly<Record<string, number>> = { diabetes: 10, digits: 2.5 };
const SIZES = [1, 16, 64];

const measured = (wanted.model ?? Object.keys(GAINS)).map((model) => ({
  model,
  engines: measure(model),
}));
report({
  title: `Microseconds of CPU time for one item, in calls of so many;
and how many times cheaper it is in those than alone`,
  table: [
    ["", ...SIZES.map(String), ...SIZES.slice(1).map((size) => `gain ${size}`)],
    ...measured.flatMap(({ model, engines }) =>
      engines.map(({ name, us, gains }) => [
        `${model}, ${name}`,
        ...us.map((each) => each.toFixed(1)),
        ...gains.map((gain) => `${gain.toFixed(1)}x`),
      ])
    ),
  ],
  demands: measured.flatMap(demandsOf),
  data: measured,
}, wanted);

interface Figures {
  readonly name: string;
  /** By size. */
  readonly us: readonly number[];
  /** By size, without the first, which is 1. */
  readonly gains: readonly number[];
  readonly distance: number;
  readonly changed: number;
}

function measure(model: string): Figures[] {
  console.error(`measuring ${model} ...`);
  const file = new URL("./engines/one_model.ts", import.meta.url);
  const processes = apartTimes<Measured>(Number(wanted.processes), file, {
    args: [model],
  });
  const { distances, changed } = processes[0]!;
  return Object.keys(distances).map((name) => {
    const roundsOf = (size: number) =>
      processes.flatMap(({ rounds }) => rounds[`${name} ${size}`]!);
    const alone = roundsOf(1);
    return {
      name,
      us: SIZES.map((size) => median(roundsOf(size)) / 1000),
      gains: SIZES.slice(1).map((size) =>
        median(roundsOf(size).map((ns, round) => alone[round]! / ns))
      ),
      distance: distances[name]!,
      changed: changed[name]!,
    };
  });
}

function demandsOf(
  { model, engines }: { model: string; engines: readonly Figures[] },
): Demand[] {
  const [first, ...others] = engines;
  return [
    atLeast(
      `${model}: times cheaper, 64 at once on ${first!.name}`,
      first!.gains.at(-1)!,
      GAINS[model]!,
    ),
    ...engines.map(({ name, changed }) =>
      atMost(`${model}: answers of ${name} that a batch changes`, changed, 0)
    ),
    // Counted in tolerances, to be readable: demands are printed with few digits.
    ...others.map(({ name, distance }) =>
      atMost(
        `${model}: how far ${name} is off, in tolerances`,
        distance / TOLERANCES[model]!,
        1,
      )
    ),
  ];
}
