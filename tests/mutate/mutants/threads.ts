/**
 * Bugs of threads: what travels, who ends, what is left behind.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const travelling: readonly Mutant[] = mutants([
  "tests/threads/transfer_test.ts",
  "tests/threads/threads_test.ts",
], [
  {
    name: "what is named twice is handed over twice",
    file: "src/threads/transfer.ts",
    find: "[...new Set(given)]",
    replace: "[...given]",
  },
  {
    name: "an error speaks of buffers that it took itself",
    file: "src/threads/transfer.ts",
    find: "if (objects.some(isEmpty)) throw error;",
    replace: "",
  },
  {
    name: "buffers in arrays are copied",
    file: "src/threads/transfer.ts",
    find: "prototype === Array.prototype ||",
    replace: "",
  },
  {
    name: "buffers in objects without a prototype are copied",
    file: "src/threads/transfer.ts",
    find: "prototype === null;",
    replace: "false;",
  },
  {
    name: "a result that is done is copied",
    file: "src/threads/packed_answer.ts",
    find: 'said === "done" ? -1 : index',
    replace: "index",
  },
  {
    name: "a worker does not ask what of its results is handed over",
    file: "src/threads/serve.ts",
    find: "resultsOf(reply) as Out[], this.#transfer",
    replace: "resultsOf(reply) as Out[], undefined",
  },
  {
    name: "a worker hears of promises in an answer that does not fit",
    file: "src/answer.ts",
    find: "drop(answer);",
    replace: "",
  },
  {
    name: "a handler that takes its items away has answered too much",
    file: "src/threads/serve.ts",
    find: "await packAnswer(call, answer, size, signal)",
    replace: "await packAnswer(call, answer, items.length, signal)",
  },
  {
    name: "a stream that comes after the abort is read",
    file: "src/threads/packed_answer.ts",
    find: "if (signal.aborted) stop();\n  else signal",
    replace: "signal",
  },
  {
    name: "a stream that was asked to end says nothing",
    file: "src/threads/packed_answer.ts",
    find: "fail(signal.reason);",
    replace: "",
  },
  {
    name: "any word of the maker is taken for the port",
    file: "src/threads/serve.ts",
    find: "if (!isGreeting(data)) return;",
    replace: "",
  },
  {
    name: "any word to a worker of node:worker_threads is its greeting",
    file: "src/threads/serve.ts",
    find: "if (!isGreeting(message)) return;",
    replace: "",
    tests: ["tests/threads/threads_test.ts"],
  },
  {
    name: "batches of nobody have no number",
    file: "src/threads/thread.ts",
    find: "id = call",
    replace: "id = 0",
  },
]);

export const packing: readonly Mutant[] = mutants([
  "tests/packed_error_test.ts",
], [
  {
    name: "causes of causes are followed without end",
    file: "src/packed_error.ts",
    find: "outer.length <= DEEPEST &&",
    replace: "",
  },
  {
    name: "the last cause that is followed is not",
    file: "src/packed_error.ts",
    find: "outer.length <= DEEPEST",
    replace: "outer.length < DEEPEST",
  },
  {
    name: "an AggregateError is opened again and again within itself",
    file: "src/packed_error.ts",
    find: "outer.includes(error) ? [] : error.errors",
    replace: "error.errors",
  },
  {
    name: "causes that are nothing are lost",
    file: "src/packed_error.ts",
    find: "cause === undefined ? undefined : pack(cause)",
    replace: "cause ? pack(cause) : undefined",
  },
  {
    name: "fields that are null are lost",
    file: "src/packed_error.ts",
    find: "value === null || !",
    replace: "!",
  },
  {
    name: "a symbol keeps an error from travelling",
    file: "src/packed_error.ts",
    find: '"object", "function", "symbol"',
    replace: '"object", "function"',
  },
  {
    name: "a name that is no text keeps an error from travelling",
    file: "src/packed_error.ts",
    find: "name: String(name),",
    replace: "name: name as string,",
  },
  {
    name: "the name of an error that came cannot be changed",
    file: "src/packed_error.ts",
    find: "      writable: true,\n",
    replace: "",
  },
  {
    name: "the name of an error that came cannot be taken away",
    file: "src/packed_error.ts",
    find: "      configurable: true,\n",
    replace: "",
  },
]);

export const ending: readonly Mutant[] = mutants([
  "tests/threads/pool_test.ts",
  "tests/threads/crash_test.ts",
], [
  {
    name: "any word of a worker says that it serves",
    file: "src/threads/messages.ts",
    find: 'message !== null &&\n    "batched" in message',
    replace: "message !== null",
  },
  {
    name: "ready() starts workers without end",
    file: "src/threads/pool.ts",
    find: "workers === Infinity ? 1 : workers",
    replace: "Math.min(workers, 99)",
  },
  {
    name: "ready() starts one worker",
    file: "src/threads/pool.ts",
    find: "while (this.#threads.size < wanted)",
    replace: "if (this.#threads.size < wanted)",
  },
  {
    name: "one worker too many",
    file: "src/threads/pool.ts",
    find: "this.#threads.size < this.#settings.workers",
    replace: "this.#threads.size <= this.#settings.workers",
  },
  {
    name: "to close is to crash",
    file: "src/threads/pool.ts",
    find: "if (error instanceof WorkerError) this",
    replace: "this",
  },
  {
    name: "closed workers live on",
    file: "src/threads/thread.ts",
    find: "return this.#worker.terminate();",
    replace: "",
  },
  {
    name: "await using closes no threads",
    file: "src/threads/threads.ts",
    find: "[Symbol.asyncDispose]: () => pool.close(),",
    replace: "[Symbol.asyncDispose]: () => Promise.resolve(),",
  },
  {
    name: "a worker is called by a part of its own text",
    file: "src/threads/threads.ts",
    find: 'protocol === "data:" ? [] : ',
    replace: "",
    tests: ["tests/threads/misuse_test.ts"],
  },
  {
    name: "close() does not wait for the end",
    file: "src/threads/thread.ts",
    find: "return this.#worker.terminate();",
    replace: "this.#worker.terminate();",
  },
  {
    name: "a worker ends twice",
    file: "src/threads/thread.ts",
    find: "if (this.#end) return;",
    replace: "",
  },
  {
    name: "a batch that nobody waits for is sent",
    file: "src/threads/thread.ts",
    find: "signal?.throwIfAborted();",
    replace: "",
  },
  {
    name: "a worker that may be ended gets batches",
    file: "src/threads/pool.ts",
    find: "if (!thread.isOverdue) return",
    replace: "return",
  },
  {
    name: "a worker that may be ended is as good as any other",
    file: "src/threads/pool.ts",
    find: "if (thread.isOverdue) continue;",
    replace: "",
  },
  {
    name: "a late abort ends the worker",
    file: "src/threads/thread.ts",
    find: 'signal?.removeEventListener("abort", abort);',
    replace: "",
  },
  {
    name: "signals are listened to for ever by who waited for a start",
    file: "src/threads/unless_aborted.ts",
    find: "promise.then(resolve, reject).then(forget);",
    replace: "promise.then(resolve, reject);",
  },
  {
    name: "who waits until a worker lets go waits for the oldest",
    file: "src/threads/pool.ts",
    find: "[...this.#threads].map((thread) => thread.caughtUp())",
    replace:
      "[...this.#threads].slice(0, 1).map((thread) => thread.caughtUp())",
  },
  {
    name: "who waits until a worker lets go cannot leave",
    file: "src/threads/pool.ts",
    find: "unlessAborted(this.#oneCaughtUp(), batch?.signal)",
    replace: "this.#oneCaughtUp()",
  },
  {
    name: "the way to a worker that has ended stays open",
    file: "src/threads/thread.ts",
    find: "this.#port.then((port) => port.close(), () => {});",
    replace: "this.#port.catch(() => {});",
  },
  {
    name: "a listener to crashes that rejects is an uncaught error",
    file: "src/threads/pool.ts",
    find: "silence(this.#settings.onCrash?.(error));",
    replace: "this.#settings.onCrash?.(error);",
  },
  {
    name: "batches wait for a worker that never serves",
    file: "src/threads/thread.ts",
    find: "unlessAborted(this.#port, signal)",
    replace: "this.#port",
    tests: ["tests/threads/threads_test.ts"],
  },
  {
    name: "a late abort ends its worker",
    file: "src/threads/serve.ts",
    find: "this.#running.get(request.abort)?.abort",
    replace: "this.#running.get(request.abort)!.abort",
    tests: ["tests/threads/threads_test.ts"],
  },
  {
    name: "a worker that may not be ended gets nothing after an abort",
    file: "src/threads/thread.ts",
    find: "if (abortGraceMs === Infinity) return undefined;",
    replace: "",
  },
  {
    name: "a Web Worker holds no process",
    file: "src/threads/worker.ts",
    find: "isHeld ? worker.ref?.() : worker.unref?.()",
    replace: "worker.unref?.()",
  },
  {
    name: "any word of a worker of Node says that it serves",
    file: "src/threads/worker.ts",
    find: "if (isGreeting(message)) events.serves();",
    replace: "events.serves();",
  },
]);
