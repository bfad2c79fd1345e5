// Calls whose promises nobody keeps.
import { Batcher, defaultHost, type Host } from "../../mod.ts";

let time = 0;
/** Time passes as timers ring: no deadline is over before its batch could leave, however slow the machine is. */
const unhurried: Host = {
  now: () => time,
  hop: (run) => defaultHost.hop(run),
  timer(run, ms) {
    return defaultHost.timer(() => {
      time += ms;
      run();
    }, 1);
  },
  neutral: (run) => defaultHost.neutral(run),
};

function printing(name: string, options: object): Batcher<number, number> {
  return new Batcher((xs: number[]) => {
    console.log(`${name}: ${xs}`);
    return xs;
  }, options);
}

printing("idle", {}).run(1);
printing("window", { maxWaitMs: 30 }).run(2);
const full = printing("full", { size: 2, maxWaitMs: 60_000 });
full.run(3);
full.run(4);
const flushed = printing("flush", { maxWaitMs: 60_000 });
flushed.run(5);
flushed.flush();
const closed = printing("close", { maxWaitMs: 60_000 });
closed.run(6);
closed.close();
const pulled = printing("deadline", { maxWaitMs: 60_000, host: unhurried });
pulled.run(7, { deadlineMs: 60_000 });
