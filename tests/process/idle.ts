// Everything here has had long timers, and nothing waits any more.
import { Batcher } from "../../mod.ts";
import { turns } from "../batcher/watched.ts";

const LONG_MS = 600_000;
const echo = (xs: number[]) => xs;

new Batcher(echo, { maxWaitMs: LONG_MS });

const full = new Batcher(echo, { size: 2, maxWaitMs: LONG_MS });
const first = full.run(1);
await turns(2);
await Promise.all([first, full.run(2)]);
console.log("full");

const timed = new Batcher(echo, { deadlineMs: LONG_MS });
await timed.run(1);
console.log("answered before its deadline");

const left = new Batcher(echo, { maxWaitMs: LONG_MS });
const controller = new AbortController();
const { signal } = controller;
const aborted = left.run(1, { signal, deadlineMs: LONG_MS }).catch(() => {});
await turns(2);
controller.abort();
await aborted;
console.log("aborted");

const flushed = new Batcher(echo, { maxWaitMs: LONG_MS });
flushed.run(1);
await turns(2);
await flushed.flush();
console.log("flushed");

const closed = new Batcher(echo, { maxWaitMs: LONG_MS });
closed.run(1);
await turns(2);
await closed.close({ timeoutMs: LONG_MS });
console.log("closed");

const hung = new Batcher((_: number[]) => new Promise<number[]>(() => {}));
hung.run(1).catch(() => {});
await turns(2);
await hung.close({ timeoutMs: 0 });
console.log("given up");
