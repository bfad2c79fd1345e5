/**
 * The end of every script: closes, and sees that nothing is left.
 *
 * @module
 */
import { checkTold } from "./telling.ts";
import type { World } from "./world.ts";

/** More would mean that it never ends. */
const MOST_ROUNDS = 300;

/** Closes, answers what is left, before or after close() gives up, and looks at what remains. */
export async function finish(world: World): Promise<void> {
  const { model, batcher, host } = world;
  if (!host.isSound || host.timersDie || host.hopsDie) await world.revive();
  const { closeMs } = model.setup;
  let isClosed = false;
  void world.close(closeMs).then(() => isClosed = true);
  for (let round = 0; !isClosed && round < MOST_ROUNDS; round++) {
    await world.advance(round < 50 ? 1 : 25);
    if (closeMs === Infinity) answerAll(world);
  }
  model.demand(
    "R20 close() resolves in the end",
    isClosed,
    () => "it does not",
  );
  for (
    let round = 0;
    model.slots.running.length > 0 && round < MOST_ROUNDS;
    round++
  ) {
    answerAll(world);
    await world.advance(1);
  }
  await world.advance(1);
  const left = [
    model.unseen.size,
    model.waiting.length,
    model.slots.running.length,
    model.room.waiters.length,
    batcher.pending,
    host.timers,
  ];
  model.demand(
    "R9, R20, R21 in the end nothing is left",
    left.every((count) => count === 0),
    () => `there are ${left}`,
  );
  checkTold(model);
}

function answerAll(world: World): void {
  for (const { answer } of world.model.slots.running) answer?.("values", []);
  while (world.model.slots.running.some(({ held }) => held.length > 0)) {
    world.outcome(0, 0);
  }
}
