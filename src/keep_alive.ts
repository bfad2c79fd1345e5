/**
 * Hosts that may stop when nobody waits are told of the batches that run.
 *
 * @module
 */
import type { Batch } from "./core/call.ts";
import type { Watch } from "./hooks.ts";
import type { Host } from "./host.ts";
import { ownPromise } from "./own_promise.ts";

/** Gives such a host a promise of the end of each batch; other hosts cost nothing. */
export class KeepAlive {
  readonly #host: Host;
  readonly #watch: Watch;
  readonly #ends = new Map<Batch<unknown>, () => void>();

  /** Tells this host; what it throws is watched. */
  constructor(host: Host, watch: Watch) {
    this.#host = host;
    this.#watch = watch;
  }

  /** A batch leaves. */
  started(batch: Batch<unknown>): void {
    const host = this.#host;
    if (host.hold === undefined) return;
    const end = ownPromise<void>((resolve) =>
      void this.#ends.set(batch, resolve)
    );
    this.#watch.guard(() => host.hold!(end), "hold");
  }

  /** A batch has ended. */
  ended(batch: Batch<unknown>): void {
    if (this.#ends.size === 0) return;
    this.#ends.get(batch)?.();
    this.#ends.delete(batch);
  }
}
