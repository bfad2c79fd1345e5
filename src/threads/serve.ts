/**
 * The side of the worker.
 *
 * @module
 */
import type { Handler } from "../attempt.ts";
import { checked, FUNCTION, type Rules } from "../core/check.ts";
import {
  type BatchRequest,
  type Greeting,
  isGreeting,
  nodeThreads,
  type Port,
  type Reply,
  type Request,
  type Unreadable,
  type WebParent,
} from "./messages.ts";
import { packAnswer, resultsOf } from "./packed_answer.ts";
import { packError, unpackError } from "../packed_error.ts";
import { post, type Transfer } from "./transfer.ts";

/** How a worker serves. */
export interface ServeOptions<Out = unknown> {
  /**
   * What of the results is handed over instead of being copied; gone here afterwards. Left out:
   * each `ArrayBuffer` that is a result, or a field of one.
   */
  transfer?: Transfer<Out> | undefined;
}

/**
 * Works on the batches of {@link threads}, in a worker: the last line of its module.
 *
 * @param handler Works on a batch, as any handler; `batch.signal` aborts when nobody waits for
 * it any more, if the handler lets the event loop turn.
 * @param options See {@link ServeOptions}.
 * @throws {TypeError} If this is no worker, or serves already, or an option is unknown or of the wrong kind.
 * @example
 * ```ts
 * import { serve } from "@batched/batched/threads";
 * import assert from "node:assert/strict";
 *
 * const double = (xs: number[]) => xs.map((x) => 2 * x);
 * assert.throws(() => serve(double), TypeError); // not here: this is the main thread
 * ```
 */
export function serve<In, Out>(
  handler: Handler<In, Out>,
  options: ServeOptions<Out> = {},
): void {
  if (typeof handler !== "function") {
    throw new TypeError(
      `Cannot serve: "handler" must be a function, got ${typeof handler}`,
    );
  }
  const { transfer } = checked("serve", options, OPTIONS);
  if (isServing) throw new TypeError("Cannot serve: this worker does already");
  greetParent((port) => {
    const server = new Server(handler, transfer, port);
    port.onmessage = ({ data }) => server.take(data);
    port.onmessageerror = () => server.misread();
  });
  isServing = true;
}

const OPTIONS: Rules<ServeOptions<never>> = { transfer: FUNCTION };

/** A worker has one handler. */
let isServing = false;

/** Works on batches until the worker ends. */
class Server<In, Out> {
  readonly #handler: Handler<In, Out>;
  readonly #transfer: Transfer<Out> | undefined;
  readonly #port: Port;
  /** The batches that it works on. */
  readonly #running = new Map<number, AbortController>();

  constructor(
    handler: Handler<In, Out>,
    transfer: Transfer<Out> | undefined,
    port: Port,
  ) {
    this.#handler = handler;
    this.#transfer = transfer;
    this.#port = port;
  }

  /** Hears the other side. */
  take(request: Request): void {
    if ("abort" in request) {
      this.#running.get(request.abort)?.abort(unpackError(request.reason));
    } else {
      this.#work(request);
    }
  }

  /** Tells the other side, which knows who waits. */
  misread(): void {
    const unreadable: Unreadable = "unreadable";
    this.#port.postMessage(unreadable);
  }

  async #work(
    { call, items, batch }: BatchRequest,
  ): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(call, controller);
    const size = items.length;
    try {
      const answer = await this.#handler(items as In[], { ...batch, signal });
      const reply = await packAnswer(call, answer, size, signal);
      post(this.#port, reply, resultsOf(reply) as Out[], this.#transfer);
    } catch (error) {
      const reply: Reply = { call, failure: packError(error) };
      this.#port.postMessage(reply);
    } finally {
      this.#running.delete(call);
    }
  }
}

/** Says to the other side that the worker serves, and waits for the port. */
function greetParent(serve: (port: Port) => void): void {
  const greeting: Greeting = { batched: "serves" };
  const node = nodeThreads?.parentPort;
  if (node) {
    node.on("message", function listener(message) {
      if (!isGreeting(message)) return;
      node.off("message", listener);
      serve(message.batched as Port);
    });
    node.postMessage(greeting);
  } else if ("WorkerGlobalScope" in globalThis) {
    const web = globalThis as unknown as WebParent;
    web.addEventListener("message", function listener({ data }) {
      if (!isGreeting(data)) return;
      web.removeEventListener("message", listener);
      serve(data.batched as Port);
    });
    web.postMessage(greeting);
  } else {
    throw new TypeError("Cannot serve: this is no worker");
  }
}
