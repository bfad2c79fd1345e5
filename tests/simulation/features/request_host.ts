/**
 * A host whose timers and hops die with the request that asked for them, so that
 * each caller looks for itself, as on workerd.
 *
 * @module
 */
import { defaultHost, type Host, type HostTimer } from "../../../mod.ts";
import type { UnsteadyHost } from "../unsteady_host.ts";

/** Time is that of another host. None of the timers of the batcher rings, and no hop comes. */
export class RequestHost implements Host {
  /** Each caller that waits, by how it looks. */
  readonly looks: Set<() => void> = new Set();
  /** How many have joined so far. */
  joined = 0;
  /** How many left that had left already. */
  leftTwice = 0;
  /** The batches that are kept alive. */
  readonly held: Set<Promise<unknown>> = new Set();
  /** How many were so far. */
  everHeld = 0;
  readonly #usual: UnsteadyHost;

  constructor(usual: UnsteadyHost) {
    this.#usual = usual;
  }

  now(): number {
    return this.#usual.now();
  }

  hop(): void {}

  timer(): HostTimer {
    return { cancel() {} };
  }

  neutral<T>(run: () => T): T {
    return this.#usual.neutral(run);
  }

  join(look: () => void): () => void {
    const own = () => look();
    this.joined++;
    this.looks.add(own);
    defaultHost.hop(() => this.#look(own));
    return () => {
      if (!this.looks.delete(own)) this.leftTwice++;
    };
  }

  hold(batch: Promise<unknown>): void {
    this.everHeld++;
    this.held.add(batch);
    void batch.then(() => this.held.delete(batch));
  }

  /** The timers ring that callers have set for themselves. */
  ring(): void {
    for (const look of [...this.looks]) this.#look(look);
  }

  #look(look: () => void): void {
    if (this.looks.has(look)) look();
  }
}
