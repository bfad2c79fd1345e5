// Calls whose promises nobody keeps.
import { Batcher } from "../../mod.ts";

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
printing("deadline", { maxWaitMs: 60_000 }).run(7, { deadlineMs: 2000 });
