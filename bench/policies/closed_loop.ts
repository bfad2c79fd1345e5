/**
 * Callers who call again when they have been answered, such as a pool of workers.
 *
 * @module
 */
import { Batcher, type Policy } from "../../mod.ts";
import { turn, until, work } from "./back_end.ts";

/** What a caller does between an answer and the next call, by name. */
export const thinking: Readonly<Record<string, () => Promise<void>>> = {
  "a few turns": async () => {
    for (let i = 0; i < 3; i++) await turn();
  },
  "1 ms": () => until(performance.now() + 1),
};

/** How many callers there are. */
export const CALLERS = 64;

/** How long policies have for learning, and are measured then, in ms. */
const LEARN_MS = 1000;
const MEASURE_MS = 1500;

/** How many calls are answered per second. */
export async function throughput(
  policy: Policy,
  think: () => Promise<void>,
): Promise<number> {
  await using batcher = new Batcher(work, { size: 200, policy });
  const startsAt = performance.now() + LEARN_MS;
  const endsAt = startsAt + MEASURE_MS;
  let answered = 0;
  const caller = async (index: number) => {
    // They do not come all at once.
    await until(performance.now() + (index * 20) / CALLERS);
    while (performance.now() < endsAt) {
      await batcher.run(index);
      const now = performance.now();
      if (now >= startsAt && now < endsAt) answered++;
      await think();
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, i) => caller(i)));
  return answered / (MEASURE_MS / 1000);
}
