// Threads that have worked, and have nothing to do any more.
import { abortable, ask, flag, pool, raised } from "./pools.ts";
import type { Task } from "./workers/tasks.ts";

const threads = pool<Task, unknown>("tasks", {
  workers: 2,
  abortGraceMs: 600_000,
});
await threads.ready();
console.log(await threads([{ do: "double", x: 1 }]));
await threads([{ do: "end", by: "exit" }]).catch(({ name }) =>
  console.log(name)
);
console.log(await threads([{ do: "double", x: 2 }]));

const started = flag();
const { signal, abort } = abortable();
const batch = { id: 1, lane: undefined, reason: "full", signal } as const;
const waiting = ask(threads, { do: "wait for an abort", started }, batch);
await raised(started);
abort("enough");
await waiting.catch(console.log);
