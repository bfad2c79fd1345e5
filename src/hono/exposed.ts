/**
 * Methods that clients may call: those that were named, and no others.
 *
 * @module
 */
import type { Context } from "hono";
import type { Batcher } from "../batcher.ts";
import { nameOf } from "../decoration.ts";
import { visibleMethodsOf } from "../decorator/lookup.ts";
import { methodOf } from "../decorator/method.ts";
import { batcherOf } from "../decorator/registry.ts";
import { DeadlineError, withoutStack } from "../errors.ts";
import type { CallOptions } from "../call_options.ts";
import { isThenable } from "../outcome.ts";
import type { BatcherOptions } from "../options.ts";
import { recordOf } from "./endpoint.ts";
import {
  checkEndpoint,
  type EndpointOptions,
  type Limits,
  limitsWithin,
  type Serving,
} from "./options.ts";
import { Patience } from "./patience.ts";
import { came, Problem } from "./problems.ts";
import { type Refusal, Refusals } from "./refusals.ts";
import type { Checked, Issue, Schema } from "./schema.ts";

/** A schema that does not fit may have thousands of reasons: enough is said of the first few. */
const MAX_ISSUES = 10;
/** Keys, and the messages of some libraries, come from the client: an answer should not grow with them. */
const MAX_CHARS = 200;

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
  readonly batcher: Batcher<unknown, unknown>;
  /** By when a client hears, in ms from its request, unless its batcher knows better. */
  readonly #deadlineMs: number;
  /** The latest deadline that a client may ask for, in ms from its request. */
  readonly #latestMs: number;
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
    this.limits = limitsWithin(serving, options.limits);
    this.patience = new Patience(this.limits.bodyMs);
    this.path = options.path ?? `/${this.name}`;
    this.bulkPath = options.bulk === false
      ? undefined
      : this.path === "/"
      ? "/bulk"
      : `${this.path}/bulk`;
    this.batcher = batcherOf(service, key as never);
    const given = givenOf(service, key);
    this.#refusals = new Refusals(this.name);
    this.#isRefusing = (given.overflow ?? "reject") === "reject";
    this.#deadlineMs = options.deadlineMs ?? serving.deadlineMs;
    this.#latestMs = Math.min(this.#deadlineMs, given.deadlineMs ?? Infinity);
    this.#method = (item, call) =>
      Reflect.get(service, key)
        .call(service, item, call);
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

  /** By when a client hears, in ms from its request; `undefined`: the batcher knows. */
  deadlineMs(c: Context): number | undefined {
    const { deadlineHeader } = this.serving;
    const wanted = deadlineHeader === undefined
      ? undefined
      : c.req.header(deadlineHeader);
    if (wanted === undefined) {
      return this.#deadlineMs < Infinity ? this.#latestMs : undefined;
    }
    if (!/^\d{1,15}$/.test(wanted)) {
      throw new Problem(
        400,
        `The header ${deadlineHeader} must be a whole number of ms, ${
          came(wanted)
        }`,
      );
    }
    return Math.min(Number(wanted), this.#latestMs);
  }

  /** Makes an item of what a client has sent, at once or later as its schema does. */
  item(raw: unknown): unknown {
    return made(this.options.input, raw, misfit);
  }

  /** Makes an answer of what the method has returned. */
  result(value: unknown): unknown {
    const { output } = this.options;
    if (output === undefined) return value;
    return made(output, value, (issues) => this.#strange(issues));
  }

  #strange(issues: readonly Issue[]): TypeError {
    return new TypeError(
      `Cannot answer for ${this.name}(): its result does not fit "output", ${
        placeOf(issues[0])
      }`,
    );
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

/** What is left of a time in ms that began so long ago. */
export function leftOf(deadlineMs: number, ageMs: number): number {
  if (ageMs < deadlineMs) return deadlineMs - ageMs;
  throw deadlineError(deadlineMs);
}

/** The error of a call that would come too late. */
export function deadlineError(deadlineMs: number): DeadlineError {
  return withoutStack(() =>
    new DeadlineError(
      `Cannot make the call: the deadline of ${deadlineMs} ms has passed`,
      { deadlineMs },
    )
  );
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

/** What a schema makes of a value. Most answer at once, and then nobody waits for a promise. */
function made(
  schema: Schema,
  value: unknown,
  wrong: (issues: readonly Issue[]) => Error,
): unknown {
  const read = (checked: Checked<unknown>): unknown => {
    if (checked.issues === undefined) return checked.value;
    throw wrong(checked.issues);
  };
  const checked = schema["~standard"].validate(value);
  // Also a promise of another realm: taken for an answer it would let anything pass.
  return isThenable(checked) ? checked.then(read) : read(checked);
}

function misfit(issues: readonly Issue[]): Problem {
  const errors = issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => ({
    detail: message.length > MAX_CHARS
      ? `${wellFormed(message.slice(0, MAX_CHARS))}…`
      : message,
    pointer: pointerOf(path),
  }));
  return new Problem(422, "The item does not fit its schema", {
    members: { errors },
  });
}

/**
 * Where in a value something is (RFC 6901, as the fragment of a URI): the innermost place around it
 * that can be told in few words.
 */
function pointerOf(path: NonNullable<Issue["path"]>): string {
  let pointer = "#";
  for (const part of path) {
    const key = String(typeof part === "object" ? part.key : part)
      .replaceAll("~", "~0").replaceAll("/", "~1");
    const deeper = `${pointer}/${encodeURIComponent(wellFormed(key))}`;
    if (deeper.length > MAX_CHARS) break;
    pointer = deeper;
  }
  return pointer;
}

/** Half a character, which JSON may have in a key, has no code in a URI. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** No result is shown, not even to ourselves: messages of schemas may do so. */
function placeOf(issue: Issue | undefined): string {
  return `at ${pointerOf(issue?.path ?? [])}`;
}
