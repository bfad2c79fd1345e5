/**
 * A worker that is none: all of it happens here, when it is told to.
 *
 * @module
 */
import type { Port, Request } from "../../src/threads/messages.ts";

type Listener = (event: object) => void;

/** Looks like a Web Worker. */
export class FakeWorker {
  /** What it was sent through its port. */
  readonly requests: Request[] = [];
  /** How often it was ended. */
  terminated = 0;
  readonly #listeners = new Map<string, Listener>();
  #port: Port | undefined;

  /** Takes the listener of an event. */
  addEventListener(event: string, listener: Listener): void {
    this.#listeners.set(event, listener);
  }

  /** Gets the port. */
  postMessage({ batched }: { batched: Port }): void {
    this.#port = batched;
    batched.onmessage = ({ data }) => this.requests.push(data);
  }

  /** Counts. */
  terminate(): void {
    this.terminated++;
  }

  /** Something happens to it. */
  emit(event: string, data: object = {}): void {
    this.#listeners.get(event)!(data);
  }

  /** Begins to serve. */
  serve(): void {
    this.emit("message", { data: { batched: "serves" } });
  }

  /** Answers a batch with these values. */
  answer(call: number, values: unknown[]): void {
    this.#port!.postMessage({ call, values, marks: [], isForAll: false });
  }
}
