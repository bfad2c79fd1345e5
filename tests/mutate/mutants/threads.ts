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
    find: "if (objects.some(isGone)) throw error;",
    replace: "",
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
    file: "src/threads/packed_answer.ts",
    find: "drop(whole);",
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
    name: "batches of nobody have no number",
    file: "src/threads/thread.ts",
    find: "id = call",
    replace: "id = 0",
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
    name: "a late abort ends the worker",
    file: "src/threads/thread.ts",
    find: 'signal?.removeEventListener("abort", abort);',
    replace: "",
  },
  {
    name: "signals are listened to for ever by who waited for a start",
    file: "src/threads/thread.ts",
    find: "this.#port.then(resolve, reject).then(forget);",
    replace: "this.#port.then(resolve, reject);",
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
    find: "if (!signal || this.#isServing) return",
    replace: "return",
    tests: ["tests/threads/threads_test.ts"],
  },
]);
