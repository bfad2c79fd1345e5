/**
 * Bugs of the host for batchers that the requests of an isolate share.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const isolates: readonly Mutant[] = mutants([
  "tests/cloudflare/party_test.ts",
], [
  {
    name: "a request is not kept alive while it waits",
    file: "src/cloudflare/party.ts",
    find: "waitUntil(this.#ticking());",
    replace: "this.#ticking();",
  },
  {
    name: "requests look rarely",
    file: "src/cloudflare/party.ts",
    find: "const TICK_MS = 10;",
    replace: "const TICK_MS = 400;",
  },
  {
    name: "a request looks no more when one of two calls has left",
    file: "src/cloudflare/party.ts",
    find: "this.#looks.set(look, (this.#looks.get(look) ?? 0) + 1);",
    replace: "this.#looks.set(look, 1);",
  },
  {
    name: "requests that look do not wait",
    file: "src/cloudflare/party.ts",
    find: "this.#waiting.add(this);",
    replace: "",
  },
  {
    name: "a request with calls left waits no more",
    file: "src/cloudflare/party.ts",
    find: "if (this.#looks.size === 0) this.#waiting",
    replace: "this.#waiting",
  },
  {
    name: "requests that have gone are asked to go on",
    file: "src/cloudflare/party.ts",
    find: "if (this.#looks.size === 0) this.#waiting.delete(this);",
    replace: "",
  },
  {
    name: "what is left for a request is done in another",
    file: "src/cloudflare/party.ts",
    find: "this.#tasks.push(task);\n    this.#wake();",
    replace: "task();",
  },
  {
    name: "a request goes on once",
    file: "src/cloudflare/party.ts",
    find: "this.#sleep();\n      for",
    replace: "for",
  },
  {
    name: "what was left for a request is done again",
    file: "src/cloudflare/party.ts",
    find: "this.#tasks.splice(0)",
    replace: "this.#tasks",
  },
  {
    name: "a request looks for ever",
    file: "src/cloudflare/party.ts",
    find: "clearInterval(tick);",
    replace: "",
  },
  {
    name: "a request is kept alive for ever",
    file: "src/cloudflare/party.ts",
    find: "clearInterval(tick);\n        resolve();",
    replace: "clearInterval(tick);",
  },
  {
    name: "a request looks for one batcher of two",
    file: "src/cloudflare/party.ts",
    find: "for (const look of [...this.#looks.keys()]) look();",
    replace: "[...this.#looks.keys()][0]!();",
  },
  {
    name: "hops stay in the request whose batch has ended",
    file: "src/cloudflare/workers_host.ts",
    find: "if (oldest) oldest.run(run);\n    else setTimeout",
    replace: "setTimeout",
  },
  {
    name: "where nobody waits there are no hops",
    file: "src/cloudflare/workers_host.ts",
    find: "else setTimeout(run, 0);",
    replace: "",
  },
  {
    name: "timers that are cancelled ring",
    file: "src/cloudflare/workers_host.ts",
    find: "if (!isCancelled) run();",
    replace: "run();",
  },
  {
    name: "batches are not kept alive",
    file: "src/cloudflare/workers_host.ts",
    find: "this.#waitUntil(batch);",
    replace: "",
  },
  {
    name: "all requests look as one",
    file: "src/cloudflare/workers_host.ts",
    find: "queueMicrotask(() => this.#current = undefined);",
    replace: "",
  },
  {
    name: "each call has a timer of its own",
    file: "src/cloudflare/workers_host.ts",
    find: "this.#current ??= this.#arrive();",
    replace: "this.#current = this.#arrive();",
  },
  {
    name: "batches of an isolate run in the context of a caller",
    file: "src/cloudflare/workers_host.ts",
    find: "return defaultHost.neutral(run);",
    replace: "return run();",
  },
  {
    name: "an error of a Durable Object is a result",
    file: "src/cloudflare/packed.ts",
    find: 'if ("error" in content) throw unpackError(content.error);',
    replace: "",
    tests: ["tests/cloudflare/packed_test.ts"],
  },
]);
