/**
 * Callers who ask a service again and again until it is gone, and count what
 * they see.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  Connection,
  LostRequestError,
  postRequest,
} from "../../examples/predictions/load/connection.ts";
import { sampleBody } from "../../examples/predictions/sample.ts";

const question = postRequest("/optimized_predict", sampleBody);

/** As many callers as `call` is called. */
export class Crowd {
  readonly #port: number;
  readonly #onAnswer: () => void;
  /** Whether the service has been told to stop: set by the test. */
  isStopping = false;
  /** Answers that came after that. */
  answersAfter = 0;
  /** Callers who found nobody listening in the end. */
  refused = 0;
  /** Why answers did not come, or not whole. */
  readonly lost: string[] = [];

  /** `onAnswer` is called for each answer before the stop. */
  constructor(port: number, onAnswer: () => void) {
    this.#port = port;
    this.#onAnswer = onAnswer;
  }

  /** Asks over one connection while it lasts, then over the next. */
  async call(): Promise<void> {
    for (;;) {
      const isLate = this.isStopping;
      const connection = await Connection.open(this.#port).catch(() => {});
      if (connection === undefined) break;
      try {
        await this.#ask(connection);
      } catch (error) {
        if (!(error instanceof LostRequestError)) throw error;
        // A connection made while the port closes may never have been accepted.
        const isRefused = isLate && error.receivedBytes === 0;
        if (!isRefused) this.lost.push(error.message);
      }
      connection.close();
    }
    this.refused++;
  }

  async #ask(connection: Connection): Promise<void> {
    for (;;) {
      const { status, body, isLast } = await connection.request(question);
      assert.equal(status, 200);
      assert.equal(typeof JSON.parse(body).mean, "number");
      if (this.isStopping) this.answersAfter++;
      else this.#onAnswer();
      if (isLast) return;
    }
  }
}
