/**
 * A host that knows which of its timers still stand.
 *
 * @module
 */
import type { Host, HostTimer } from "../../mod.ts";

/** Another host, watched. */
export class CountingHost implements Host {
  readonly #host: Host;
  /** Timers that have neither rung nor been cancelled. */
  standing = 0;

  /** Watches that host. */
  constructor(host: Host) {
    this.#host = host;
  }

  now(): number {
    return this.#host.now();
  }

  hop(run: () => void): void {
    this.#host.hop(run);
  }

  neutral<T>(run: () => T): T {
    return this.#host.neutral(run);
  }

  timer(run: () => void, ms: number): HostTimer {
    let stands = true;
    this.standing++;
    const fall = () => {
      if (stands) this.standing--;
      stands = false;
    };
    const timer = this.#host.timer(() => {
      fall();
      run();
    }, ms);
    return {
      cancel: () => {
        fall();
        timer.cancel();
      },
    };
  }
}
