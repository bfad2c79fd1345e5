/**
 * What is loaded in one turn of the event loop is answered together.
 *
 * @module
 */
import type { Host } from "../host.ts";

/**
 * A value that is there already waits for a key of its turn that has to travel. Both callers
 * then go on in the same turn, and what they load next shares a batch again.
 */
export class Turn {
  /** Settles when the values that come now may be answered. */
  #company: Promise<unknown> | undefined;
  /** Gives those company who came before any key. */
  #meet: ((company: unknown) => void) | undefined;

  /** Begins with this turn of the host's, and says when it has ended. */
  constructor(host: Host, onEnd: () => void) {
    host.hop(() => {
      onEnd();
      this.#end();
    });
  }

  /** A key travels, and is company for the values that have come and are to come. */
  lead(call: Promise<unknown>): void {
    this.#meet?.(call);
    this.#company = call;
  }

  /** Answers a value that is there already, in company. */
  follow<T>(value: Promise<T>): Promise<T> {
    this.#company ??= new Promise((resolve) => this.#meet = resolve);
    const answer = () => value;
    return this.#company.then(answer, answer);
  }

  /** Nothing comes any more: those without company wait no longer. */
  #end(): void {
    this.#meet?.(undefined);
  }
}
