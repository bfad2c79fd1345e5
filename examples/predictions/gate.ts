/**
 * The gate through which answers leave. It makes a stop lose nothing.
 *
 * A runtime's own graceful stop closes connections that look idle. Under load
 * many of them are not: the next request is already on its way, or lies unread
 * in the socket, and its client gets a reset. (Stopped as they are, Deno, Bun
 * and Node each dropped about one request per connection.) So before the stop
 * answers are held back. A client that waits for an answer sends nothing; soon
 * all requests have been read and none of their connections looks idle. Then
 * the runtime stops, and the answers leave, each as the last of its connection.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { Fetch } from "./runtimes/listen.ts";

/** How long no request must come for all to have been read; a busy client needs some time. */
const quietMs = 100;
/** Requests that keep coming do not hold up the stop for longer than this. */
const maxHoldMs = 300;

/** Counts requests in, lets answers out. */
export class Gate {
  /** What the server is to be started with. */
  readonly fetch: Fetch;
  #arrived = 0;
  /** Opens the gate; there only while it is shut, or was: set by `shut`. */
  #opened: PromiseWithOpen | undefined;

  /** Lets requests in to `fetch`. */
  constructor(fetch: Fetch) {
    this.fetch = (request) => {
      this.#arrived++;
      const answer = fetch(request);
      // Servers send an answer faster that is no promise.
      return answer instanceof Promise
        ? answer.then((response) => this.#leave(response))
        : this.#leave(answer);
    };
  }

  #leave(response: Response): Response | Promise<Response> {
    return this.#opened === undefined ? response : this.#wait(response);
  }

  async #wait(response: Response): Promise<Response> {
    await this.#opened!.promise;
    response.headers.set("connection", "close");
    return response;
  }

  /** Holds answers back; resolves when all requests sent so far have been read. */
  async shut(): Promise<void> {
    this.#opened ??= promiseWithOpen();
    for (let heldMs = 0; heldMs < maxHoldMs; heldMs += quietMs) {
      const before = this.#arrived;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
      // A process that did not get its turn for so long has only timers behind it: now it reads.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#arrived === before) return;
    }
  }

  /** Lets the answers out; what comes later still leaves as the last of its connection. */
  open(): void {
    this.#opened?.open();
  }
}

interface PromiseWithOpen {
  readonly promise: Promise<void>;
  readonly open: () => void;
}

function promiseWithOpen(): PromiseWithOpen {
  let open = () => {};
  const promise = new Promise<void>((resolve) => open = resolve);
  return { promise, open };
}
