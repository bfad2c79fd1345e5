/**
 * The host of batchers that the requests of a Worker share.
 *
 * @module
 */
import { defaultHost, type Host, type HostTimer, LONGEST_MS } from "../host.ts";
import { SteadyClock } from "../steady_clock.ts";
import { Party, type WaitUntil } from "./party.ts";

/**
 * Makes the host that a batcher needs on Cloudflare's workerd if requests share it. There a timer
 * or promise belongs to the request that made it, and dies with it. With this host each caller looks
 * after the batch for itself, a batch runs in a request whose caller waits, and that request
 * lives on until the batch has ended, even if its own caller has left.
 *
 * Requests meet in one isolate only, of which there are many. A Durable Object gathers calls from all
 * over the world; inside of one, batchers need no host.
 *
 * @param waitUntil That of `cloudflare:workers`, which knows the request in which it is called.
 * @returns A host for any number of batchers. It works from compatibility date 2024-10-14 on.
 * @throws {TypeError} If `waitUntil` is no function.
 * @example
 * ```ts ignore
 * import { waitUntil } from "cloudflare:workers";
 * import { batched } from "@batched/batched";
 * import { workersHost } from "@batched/batched/cloudflare";
 *
 * const host = workersHost(waitUntil);
 * const embed = batched(embedAll, { size: 96, maxWaitMs: 5, host });
 *
 * export default {
 *   async fetch(request: Request): Promise<Response> {
 *     return Response.json(await embed(await request.text()));
 *   },
 * };
 * ```
 */
export function workersHost(waitUntil: WaitUntil): Host {
  if (typeof waitUntil !== "function") {
    throw new TypeError(
      `Cannot make a host: "waitUntil" must be a function, got ${typeof waitUntil}`,
    );
  }
  return new WorkersHost(waitUntil);
}

class WorkersHost implements Host {
  readonly #waitUntil: WaitUntil;
  /** In the order in which they came. */
  readonly #waiting = new Set<Party>();
  /** That of the turn that runs. */
  #current: Party | undefined;
  /** Each request has a clock of its own, which stands still while its code runs. */
  readonly #clock = new SteadyClock(() => Date.now());

  constructor(waitUntil: WaitUntil) {
    this.#waitUntil = waitUntil;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Goes on in a request that waits: the one whose batch has just ended should answer and go. */
  hop(run: () => void): void {
    const [oldest] = this.#waiting;
    if (oldest) oldest.run(run);
    else setTimeout(run, 0);
  }

  timer(run: () => void, ms: number): HostTimer {
    let isCancelled = false;
    setTimeout(() => {
      if (!isCancelled) run();
    }, Math.min(ms, LONGEST_MS));
    return { cancel: () => isCancelled = true };
  }

  neutral<T>(run: () => T): T {
    return defaultHost.neutral(run);
  }

  join(look: () => void): () => void {
    this.#current ??= this.#arrive();
    return this.#current.add(look);
  }

  hold(batch: Promise<unknown>): void {
    this.#waitUntil(batch);
  }

  /** Others of this turn need no timer of their own. */
  #arrive(): Party {
    const party = new Party(this.#waiting, this.#waitUntil);
    queueMicrotask(() => this.#current = undefined);
    return party;
  }
}
