import { FakeTime } from "@std/testing/time";
import { say, thrown } from "./transcript.ts";

const realDate = Date;
const time = new FakeTime(1000.7);
const rung: unknown[] = [];
const ring = (name: string) => () => rung.push([name, Date.now()]);
say(
  "start",
  time.start,
  time.now,
  new Date().valueOf(),
  new Date(5).valueOf(),
);
say("dates", new Date() instanceof Date, typeof Date(), Date.UTC(2000, 0));
say("second", await thrown(() => new FakeTime()));

setTimeout(ring("ten"), 10);
setTimeout(ring("five"), 5.9);
setTimeout(ring("also five"), 5);
const gone = setTimeout(ring("gone"), 5);
clearTimeout(gone);
const each = setInterval(ring("each"), 4);
setTimeout(() => setTimeout(ring("inner"), 1), 9);
setTimeout((...args: unknown[]) => rung.push(args), -1, "a", "b");
say("ids", typeof gone, typeof each);
time.tick(0);
say("now", rung.splice(0));
time.tick(12);
say("twelve", rung.splice(0), time.now);
clearInterval(each);
say("next", time.next(), rung.splice(0), time.now);

setTimeout(ring("later"), 7);
say("next", time.next(), rung.splice(0), time.now, time.next(), time.now);
Promise.resolve().then(() => setTimeout(ring("from a microtask"), 3));
say("nextAsync", await time.nextAsync(), rung.splice(0), time.now);
Promise.resolve().then(() => setTimeout(ring("again"), 3));
await time.tickAsync(3);
say("tickAsync", rung.splice(0), time.now);
Promise.resolve().then(ring("microtask"));
await time.runMicrotasks();
say("microtasks", rung.splice(0));
await time.delay(1);
say(
  "delay",
  time.now,
  await thrown(() => time.delay(1, { signal: AbortSignal.abort() })),
);
const leaver = new AbortController();
const left = thrown(() => time.delay(10_000, { signal: leaver.signal }));
leaver.abort();
say("left", await left);

const signal = AbortSignal.timeout(20);
signal.addEventListener("abort", ring("signal"));
time.tick(19);
say("signal", signal.aborted);
time.tick(1);
say("signal", signal.aborted, rung.splice(0), signal.reason.name);

setTimeout(() => {
  throw new SyntaxError();
}, 1);
setTimeout(ring("after the error"), 2);
say("error", await thrown(() => time.tick(5)), time.now, rung.splice(0));
time.runAll();
say("runAll", time.now, rung.splice(0));
setTimeout(ring("last"), 2);
await time.runAllAsync();
say("runAllAsync", time.now, rung.splice(0));
const before = time.now;
say("backwards", await thrown(() => time.now = before - 1), time.now);

time.restore();
say(
  "restored",
  Date === realDate,
  typeof setTimeout,
  await thrown(() => time.restore()),
);
say("static", await thrown(() => FakeTime.restore()));
say("no date", await thrown(() => new FakeTime("no date")));
for (const start of [new Date(7), "1970-01-01T00:00:01Z"]) {
  const again = new FakeTime(start);
  say("start", again.now);
  again[Symbol.dispose]();
}
say("real", Math.abs(Date.now() - new Date().valueOf()) < 1000);
