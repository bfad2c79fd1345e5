/**
 * A worker that does what its items say.
 *
 * @module
 */
import process from "node:process";
import {
  type BatchContext,
  BatchTooLargeError,
  done,
  failed,
  type ItemOutcome,
  retryLater,
} from "../../../mod.ts";
import { serve } from "../../../src/threads/mod.ts";

/** A cell of memory that all threads see. */
export type Flag = Int32Array<SharedArrayBuffer>;

/** What an item may ask for. */
export type Task =
  | { do: "double"; x: number }
  | { do: "name yourself" }
  | { do: "tell the batch" }
  | { do: "echo"; value: unknown }
  | { do: "sum"; bytes: ArrayBuffer | Uint8Array }
  | { do: "make bytes"; length: number; isDone?: boolean }
  | { do: "measure what you made" }
  | { do: "spin"; until: Flag }
  | { do: "spin till all are here"; here: Flag; all: number }
  | { do: "wait for an abort"; started: Flag }
  | { do: "tell the last reason" }
  | { do: "stream without end"; started: Flag; ended: Flag; isLate?: boolean }
  | { do: "take the items away" }
  | { do: "have an outcome"; what: OutcomeName }
  | { do: "answer for all"; what: AnswerName }
  | { do: "throw"; what: ErrorName }
  | { do: "end"; by: EndName };

/** What stands in the answer for one item. */
export type OutcomeName =
  | "an error"
  | "failed"
  | "done"
  | "done with an error"
  | "retry later"
  | "a promise"
  | "a rejection"
  | "a function";

/** What is answered in place of an array of outcomes. */
export type AnswerName =
  | "done"
  | "failed"
  | "retry later"
  | "nothing"
  | "too few"
  | "too many that fail"
  | "a map"
  | "a stream"
  | "a stream that stops";

/** What the handler throws. */
export type ErrorName =
  | "ours"
  | "a builtin"
  | "of a class of its own"
  | "in a circle"
  | "words"
  | "a function";

/** How the worker ends. */
export type EndName = "exit" | "error" | "memory";

type Makers<Name extends string> = Readonly<Record<Name, () => unknown>>;

const outcomes: Makers<OutcomeName> = {
  "an error": () => new RangeError("this one"),
  "failed": () => failed("words"),
  "done": () => done("fine"),
  "done with an error": () => done(new TypeError("a result")),
  "retry later": () =>
    retryLater({ afterMs: 0, cause: new RangeError("no capacity") }),
  "a promise": () => Promise.resolve("later"),
  "a rejection": () => Promise.reject(new Error("later")),
  "a function": () => () => {},
};

const answers: Makers<AnswerName> = {
  "done": () => done(),
  "failed": () => failed(new RangeError("for all")),
  "retry later": outcomes["retry later"],
  "nothing": () => undefined,
  "too few": () => [],
  "too many that fail": () =>
    [1, 2, 3].map(() => Promise.reject(new Error("unheard"))),
  "a map": () => new Map(),
  "a stream": () => streamed([1, "one"], [0, Promise.resolve("zero")]),
  "a stream that stops": () => streamed([1, "one"]),
};

async function* streamed(
  ...pairs: [index: number, outcome: unknown][]
): AsyncGenerator<[index: number, outcome: unknown]> {
  for (const pair of pairs) yield await Promise.resolve(pair);
}

/** A late one comes when nobody waits for it any more. */
function streamOf(
  task: Task & { do: "stream without end" },
  signal: AbortSignal,
): unknown {
  if (!task.isLate) return endless(task);
  Atomics.store(task.started, 0, 1);
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(endless(task)))
  );
}

/** Says nothing until it is asked to end. */
function endless({ started, ended }: Record<"started" | "ended", Flag>) {
  return {
    [Symbol.asyncIterator]: () => ({
      next() {
        Atomics.store(started, 0, 1);
        return new Promise<never>(() => {});
      },
      return() {
        Atomics.store(ended, 0, 1);
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}

class OutOfStock extends Error {
  override name = "OutOfStock";
  status = 409;
  product = { secret: true };
}

const errors: Makers<ErrorName> = {
  "ours": () => new BatchTooLargeError("too much", { cause: 413 }),
  "a builtin": () =>
    new RangeError("out of range", { cause: new TypeError("odd") }),
  "of a class of its own": () => new OutOfStock("none left"),
  "in a circle": () => {
    const error = new Error("round and round");
    error.cause = error;
    return error;
  },
  "words": () => "just words",
  "a function": () => () => "unspeakable",
};

const ends: Makers<EndName> = {
  exit: () => process.exit(3),
  error: () =>
    setTimeout(() => {
      throw new RangeError("late");
    }),
  memory: () => {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(1e5).fill(kept.length));
  },
};

/** Which worker this is. */
const me = crypto.randomUUID();
/** The buffer that was answered last. */
let made = new ArrayBuffer(0);
/** Why the last batch that waited for its abort was aborted. */
let lastReason: unknown;

serve((tasks: Task[], batch) => {
  for (const task of tasks) {
    if (task.do === "throw") throw errors[task.what]();
    if (task.do === "answer for all") return answers[task.what]() as never;
    if (task.do === "take the items away") return tasks.splice(0).map(() => 1);
    if (task.do === "stream without end") {
      return streamOf(task, batch.signal) as never;
    }
  }
  return tasks.map((task) => perform(task, batch) as ItemOutcome<unknown>);
});

function perform(task: Task, batch: BatchContext): unknown {
  switch (task.do) {
    case "double":
      return 2 * task.x;
    case "name yourself":
      return me;
    case "tell the batch":
      return { id: batch.id, lane: batch.lane, reason: batch.reason };
    case "echo":
      return task.value;
    case "sum":
      return new Uint8Array(task.bytes).reduce((sum, byte) => sum + byte, 0);
    case "make bytes":
      made = new Uint8Array(task.length).fill(1).buffer;
      return task.isDone ? done(made) : made;
    case "measure what you made":
      return made.byteLength;
    case "spin":
      while (Atomics.load(task.until, 0) === 0);
      return "spun";
    case "spin till all are here":
      Atomics.add(task.here, 0, 1);
      while (Atomics.load(task.here, 0) < task.all);
      return me;
    case "wait for an abort":
      Atomics.store(task.started, 0, 1);
      return new Promise((_, reject) =>
        batch.signal.addEventListener("abort", () => {
          lastReason = batch.signal.reason;
          reject(lastReason);
        })
      );
    case "tell the last reason":
      return done(lastReason);
    case "have an outcome":
      return outcomes[task.what]();
    case "end":
      ends[task.by]();
      return new Promise(() => {});
  }
}
