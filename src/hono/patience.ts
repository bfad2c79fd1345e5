/**
 * How long slow clients are waited for. One timer looks after all of them: most bodies are there
 * already when they are asked for, and a timer for each would cost more than to read them.
 *
 * @module
 */
import { LONGEST_MS } from "../host.ts";
import { Problem } from "./problems.ts";

/** Something that a client has to send. */
interface Wait {
  /** When it is given up. */
  readonly until: number;
  readonly giveUp: () => void;
}

/** Waits for what clients send, so long and no longer. */
export class Patience {
  readonly #ms: number;
  /** In the order in which they are given up, as all last equally long. */
  readonly #waits = new Set<Wait>();
  #isTimed = false;

  /** Makes one that lasts for so long; `Infinity`: for ever. */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /**
   * Waits for `read`.
   *
   * @throws {Problem} If it takes too long.
   */
  within<T>(read: Promise<T>): Promise<T> {
    if (this.#ms === Infinity) return read;
    return new Promise((resolve, reject) => {
      const until = performance.now() + this.#ms;
      const wait = { until, giveUp: () => reject(tooSlow(this.#ms)) };
      this.#waits.add(wait);
      this.#lookIn(this.#ms);
      read.then((value) => {
        this.#waits.delete(wait);
        resolve(value);
      }, (error) => {
        this.#waits.delete(wait);
        reject(error);
      });
    });
  }

  #lookIn(ms: number): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    const timer: unknown = setTimeout(
      () => this.#look(),
      Math.min(Math.ceil(ms), LONGEST_MS),
    );
    // It is left standing when nobody is waited for, and then must not keep the process.
    (timer as { unref?(): void }).unref?.();
  }

  #look(): void {
    this.#isTimed = false;
    const now = performance.now();
    for (const wait of this.#waits) {
      if (wait.until > now) return this.#lookIn(wait.until - now);
      this.#waits.delete(wait);
      wait.giveUp();
    }
  }
}

/** The rest may still come, and nobody would read it: the connection is of no more use. */
function tooSlow(ms: number): Problem {
  return new Problem(408, `The body did not come within ${ms} ms`, {
    headers: { connection: "close" },
  });
}
