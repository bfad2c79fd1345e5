// What waits here has no time, and no other timer keeps the process alive.
import { setTimeout } from "node:timers";
import { Batcher, type Policy, retryLater } from "../../mod.ts";

const echo = (xs: number[]) => xs;

/** A policy of the user's that never lets a lane leave by itself. */
const patient: Policy = {
  forLane: () => ({
    decide: (_lane, _slots, _now, verdict) => verdict.holdUntil(Infinity),
  }),
};

const held = {
  "maxWaitMs: Infinity": new Batcher(echo, { maxWaitMs: Infinity }),
  "a policy": new Batcher(echo, { policy: patient }),
  "a lane": new Batcher(echo, { maxWaitMs: Infinity, lane: (x) => x % 2 }),
};
for (const [what, batcher] of Object.entries(held)) {
  batcher.run(1).then(() => console.log(`answered: ${what}`));
}

let runs = 0;
const away = new Batcher<number, number>(
  (xs) => ++runs > 1 ? xs : retryLater({ afterMs: Infinity }),
  { retry: { attempts: 2 } },
);
away.run(1).then(() => console.log("answered: retryLater()"));

// Once more by one that was idle in between.
const again = new Batcher(echo, { size: 2, maxWaitMs: Infinity });
await Promise.all([again.run(1), again.run(2)]);
again.run(3).then(() => console.log("answered: once more"));

setTimeout(() => {
  for (const batcher of [...Object.values(held), away, again]) batcher.flush();
}, 300).unref();
