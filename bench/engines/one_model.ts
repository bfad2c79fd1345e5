/**
 * Measures the engines with one model, in this process, and prints it as JSON.
 *
 * @module
 */
import process from "node:process";
import { cpuClock } from "../harness/clock.ts";
import { type Contestant, inTurns, type Rounds } from "../harness/turns.ts";
import { type Answers, type Engine, ITEMS, models } from "./engine.ts";

/** What came out. */
export interface Measured {
  /** By engine and size, for one item. */
  readonly rounds: Rounds;
  /** By engine: how far its answers are at most from the first one's. */
  readonly distances: Readonly<Record<string, number>>;
  /** By engine: how many of its answers depend on the batch in which they were given. */
  readonly changed: Readonly<Record<string, number>>;
}

/** How many items there are in a call. */
const SIZES = [1, 16, 64];
const ROUNDS = 15;

const engines = await models[process.argv[2] ?? ""]!();
const agreement = await agreementOf(engines);
const contestants = engines.flatMap((engine) =>
  SIZES.map((size) => contestant(engine, size))
);
const rounds = await inTurns(contestants, { clock: cpuClock, rounds: ROUNDS });
const measured: Measured = { rounds, ...agreement };
console.log(JSON.stringify(measured));

/** Goes through all items in calls of this size. */
function contestant(engine: Engine, size: number): Contestant {
  return {
    name: `${engine.name} ${size}`,
    calls: ITEMS,
    async run() {
      for (let start = 0; start < ITEMS; start += size) {
        await engine.answer(start, start + size);
      }
    },
  };
}

async function agreementOf(
  engines: readonly Engine[],
): Promise<Omit<Measured, "rounds">> {
  const wanted = await engines[0]!.answer(0, ITEMS);
  const distances: Record<string, number> = {};
  const changed: Record<string, number> = {};
  for (const { name, answer } of engines) {
    const together = await answer(0, ITEMS);
    const alone: Answers[number][] = [];
    for (let at = 0; at < ITEMS; at++) alone.push(...await answer(at, at + 1));
    distances[name] = distance(together, wanted);
    changed[name] = together.filter((numbers, at) =>
      numbers.join() !== alone[at]!.join()
    ).length;
  }
  return { distances, changed };
}

function distance(some: Answers, others: Answers): number {
  const far = some.flatMap((numbers, item) =>
    numbers.map((number, at) => Math.abs(number - others[item]![at]!))
  );
  return Math.max(...far);
}
