/**
 * What the two sides of a thread say to each other, and through what.
 *
 * @module
 */
import type { LaneKey, LeaveReason } from "../core/call.ts";
import type { PackedError } from "../packed_error.ts";

/** One end of a channel, be it of the web or of `node:worker_threads`. */
export interface Port {
  /** Sends a message; what is transferred is gone here. */
  postMessage(message: unknown, transfer?: object[]): void;
  /** Takes the messages of the other end. */
  onmessage: ((event: { data: never }) => void) | null;
  /** Hears of a message that the runtime could send but cannot read. */
  onmessageerror: (() => void) | null;
  /** Lets the process end while it waits for messages. */
  unref?(): void;
  /** Takes and sends no more. */
  close(): void;
}

/** The first word of a worker, that it serves; and the answer, with the port for batches. */
export interface Greeting {
  /** Where batches come from. */
  readonly batched: Port | "serves";
}

/** A batch for a worker. */
export interface BatchRequest {
  /** Counts the batches of a thread. */
  readonly call: number;
  /** What the handler gets. */
  readonly items: unknown[];
  /** What else the handler gets. */
  readonly batch: {
    readonly id: number;
    readonly lane: LaneKey;
    readonly reason: LeaveReason;
  };
}

/** Nobody waits for a batch any more. */
export interface AbortRequest {
  /** Which. */
  readonly abort: number;
  /** Why. */
  readonly reason: PackedError;
}

/** What a worker hears. */
export type Request = BatchRequest | AbortRequest;

/** A batch that was answered. */
export interface Answered {
  /** Which. */
  readonly call: number;
  /** The values of the items. */
  readonly values: unknown[];
  /** Which of them are no plain values. */
  readonly marks: readonly Mark[];
  /** Whether one outcome counts for all items. */
  readonly isForAll: boolean;
}

/** A batch that failed as a whole. */
export interface Failed {
  /** Which. */
  readonly call: number;
  /** Why. */
  readonly failure: PackedError;
}

/** What a worker says of a batch. */
export type Reply = Answered | Failed;

/** Said of a message that cannot be read. Which batch it was about nobody knows. */
export type Unreadable = "unreadable";

/** A place among the values, and what was said there: that it is done, that it failed or to try it again. */
export type Mark = readonly [index: number, said: "done" | "failed" | "retry"];

/** What stands among the values for an item that is to be tried again. */
export interface Retry {
  /** After how long, in ms. */
  readonly afterMs: number | undefined;
  /** Why. */
  readonly cause: PackedError;
}

/** Makes two ports; Deno can let the process end beside those of Node only. */
export function channel(): { port1: Port; port2: Port } {
  const Channel = nodeThreads?.MessageChannel ?? MessageChannel;
  return new Channel() as { port1: Port; port2: Port };
}

/** Whether a message is a greeting. */
export function isGreeting(message: unknown): message is Greeting {
  return typeof message === "object" && message !== null &&
    "batched" in message;
}

/** The other side, as a worker of `node:worker_threads` sees it. */
export interface NodeParent extends Pick<Port, "postMessage"> {
  /** Takes messages. */
  on(event: "message", listener: (message: unknown) => void): void;
  /** Takes them no more. */
  off(event: "message", listener: (message: unknown) => void): void;
}

type WebListener = (event: { data: unknown }) => void;

/** The other side, as a Web Worker sees it: its own global object. */
export interface WebParent extends Pick<Port, "postMessage"> {
  /** Takes messages. */
  addEventListener(event: "message", listener: WebListener): void;
  /** Takes them no more. */
  removeEventListener(event: "message", listener: WebListener): void;
}

/** Part of `node:worker_threads`, as far as it is used here. */
export interface NodeThreads {
  readonly parentPort: NodeParent | null;
  readonly MessageChannel: new () => { port1: Port; port2: Port };
  readonly Worker: new (source: string | URL, options?: object) => unknown;
}

/** The runtime's `node:worker_threads`; `undefined` in browsers. */
export const nodeThreads: NodeThreads | undefined = (globalThis as {
  process?: { getBuiltinModule?(name: string): NodeThreads | undefined };
}).process?.getBuiltinModule?.("node:worker_threads");
