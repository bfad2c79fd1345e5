// Nobody awaits anything here: what waits must keep the process alive.
import { Batcher } from "../../mod.ts";

const echo = (xs: number[]) => xs;

const windowed = new Batcher(echo, { maxWaitMs: 30 });
windowed.run(1).then(() => console.log("answered after its window"));

const never = new Batcher((_: number[]) => new Promise<number[]>(() => {}));
never.run(1, { deadlineMs: 30 })
  .catch(({ name }) => console.log(`rejected with ${name}`));

const closing = new Batcher((_: number[]) => new Promise<number[]>(() => {}));
closing.run(1).catch(({ name }) => console.log(`rejected with ${name}`));
closing.close({ timeoutMs: 30 }).then(() => console.log("closed"));
