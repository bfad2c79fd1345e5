/**
 * Methods that clients may call: those that were named, and no others.
 *
 * @module
 */
import type { Batcher } from "../batcher.ts";
import { nameOf } from "../decoration.ts";
import { visibleMethodsOf } from "../decorator/lookup.ts";
import { methodOf } from "../decorator/method.ts";
import { batcherOf } from "../decorator/registry.ts";
import type { CallOptions } from "../call_options.ts";
import type { BatcherOptions } from "../options.ts";
import { Deadlines } from "./deadlines.ts";
import { recordOf } from "./endpoint.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { misfitOfItem, misfitOfResult } from "./misfit.ts";
import {
  checkEndpoint,
  type EndpointOptions,
  type Serving,
} from "./options.ts";
import { Patience } from "./patience.ts";
import { type Refusal, Refusals } from "./refusals.ts";
import { made } from "./schema.ts";

/** A method that is served. */
export class Exposed {
  /** As messages and documentation call it. */
  readonly name: string;
  /** Where it takes one item. */
  readonly path: string;
  /** Where it takes many; `undefined`: nowhere. */
  readonly bulkPath: string | undefined;
  readonly options: EndpointOptions;
  readonly serving: Serving;
  readonly limits: Limits;
  /** How long its clients are waited for. */
  readonly patience: Patience;
  /** By when they hear. */
  readonly deadlines: Deadlines;
  readonly batcher: Batcher<unknown, unknown>;
  readonly #isRefusing: boolean;
  readonly #refusals: Refusals;
  readonly #method: (item: unknown, call: CallOptions) => Promise<unknown>;

  /**
   * Exposes a method of an object.
   *
   * @throws {TypeError} If it is not batched, or cannot be served like that.
   */
  constructor(
    service: object,
    key: string | symbol,
    options: EndpointOptions,
    serving: Serving,
  ) {
    this.name = nameOf(key);
    checkEndpoint(this.name, options);
    this.options = options;
    this.serving = serving;
    this.limits = limitsOf(options.limits, serving.limits);
    this.patience = new Patience(this.limits.bodyMs);
    this.path = options.path ?? `/${this.name}`;
    this.bulkPath = options.bulk === false
      ? undefined
      : this.path === "/"
      ? "/bulk"
      : `${this.path}/bulk`;
    this.batcher = batcherOf(service, key as never);
    const { overflow = "reject", deadlineMs } = givenOf(service, key);
    this.deadlines = new Deadlines(serving, options.deadlineMs, deadlineMs);
    this.#refusals = new Refusals(this.name);
    this.#isRefusing = overflow === "reject";
    this.#method = (item, call) =>
      Reflect.get(service, key).call(service, item, call);
  }

  /** How many calls can be in its batches at once, now. */
  get batchRoom(): number {
    return this.batcher.size * this.batcher.concurrency;
  }

  /** Refuses a request that would find no place, before anything else is done for it. */
  refuse(): Refusal | undefined {
    const { batcher } = this;
    const isFull = this.#isRefusing && batcher.full;
    if (!isFull && !batcher.closed) return undefined;
    batcher.turnAway();
    return batcher.closed
      ? this.#refusals.closed
      : this.#refusals.full(batcher.retryAfterMs);
  }

  /** Makes an item of what a client has sent, at once or later as its schema does. */
  item(raw: unknown): unknown {
    return made(this.options.input, raw, misfitOfItem);
  }

  /** Makes an answer of what the method has returned. */
  result(value: unknown): unknown {
    const { output } = this.options;
    if (output === undefined) return value;
    return made(output, value, (issues) => misfitOfResult(this.name, issues));
  }

  /** Calls the method. */
  call(item: unknown, call: CallOptions): Promise<unknown> {
    return this.#method(item, call);
  }
}

/**
 * The methods of a service that clients may call.
 *
 * @param routes How methods are served, by their names; this goes before what `@Endpoint` says.
 * @throws {TypeError} If a method is not batched, or two are served at one path.
 */
export function exposedOf(
  service: object,
  routes: Readonly<Record<string, EndpointOptions | undefined>>,
  serving: Serving,
): Exposed[] {
  const all = decoratedOf(service);
  for (const key of Reflect.ownKeys(routes)) {
    const options = routes[key as string];
    if (options) all.set(key, options);
  }
  const exposed = [...all].map(([key, options]) =>
    new Exposed(service, key, options, serving)
  );
  const paths = new Set<string>();
  for (const { name, path, bulkPath } of exposed) {
    for (const at of bulkPath === undefined ? [path] : [path, bulkPath]) {
      if (paths.has(at)) {
        throw new TypeError(
          `Cannot serve ${name}(): another method is served at ${at}`,
        );
      }
      paths.add(at);
    }
  }
  return exposed;
}

/** What `@Endpoint` says of the methods that an object shows. */
function decoratedOf(service: object): Map<string | symbol, EndpointOptions> {
  const records = new Map<string | symbol, EndpointOptions>();
  const seen = new Set<string | symbol>();
  let at: object | null = service;
  for (; at !== null; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const value = Object.getOwnPropertyDescriptor(at, key)?.value;
      const record = recordOf(value) ?? recordOf(methodOf(value)?.body);
      if (record && !seen.has(key)) records.set(key, record);
      seen.add(key);
    }
  }
  return records;
}

/** What the method was decorated with. */
function givenOf(
  service: object,
  key: string | symbol,
): Omit<BatcherOptions<never>, "handler"> {
  return visibleMethodsOf(service).find((found) => found.key === key)!.method
    .options;
}
