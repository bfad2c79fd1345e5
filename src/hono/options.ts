/**
 * Every option of an endpoint and of an app of endpoints, its default and its check.
 *
 * @module
 */
import type { Context } from "hono";
import type { LaneKey } from "../core/call.ts";
import {
  checked,
  FLAG,
  FUNCTION,
  isObject,
  type Rule,
  type Rules,
  SPAN,
  TEXT,
  wrong,
} from "../core/check.ts";
import { LIMITED, type Limits, limitsOf } from "./limits.ts";
import { isSchema, type Schema } from "./schema.ts";

/** How a method is served. */
// deno-lint-ignore no-explicit-any -- the item of a method that is not known here
export interface EndpointOptions<In = any> {
  /** Where: `POST path` takes one item. Defaults to `/` and the name of the method. */
  path?: `/${string}` | undefined;
  /** What an item must be; what the schema makes of it is the item. See {@link bytes}, too. */
  input: Schema<unknown, In>;
  /** What a result is; what the schema makes of it is the answer, and what does not fit is an error. */
  output?: Schema | undefined;
  /**
   * Whether `POST path/bulk` takes many items.
   *
   * @default {true}
   */
  bulk?: boolean | undefined;
  /** By when a client hears, in ms from its request, > 0. */
  deadlineMs?: number | undefined;
  /** The priority of a call, from -10 to 10; higher ones leave first. */
  priority?: ((c: Context) => number) | undefined;
  /** The lane of a call, a primitive: the tenant, the model. Untrusted input makes many lanes. */
  lane?: ((c: Context, item: In) => LaneKey) | undefined;
  /** Limits other than those of the app. */
  limits?: Partial<Limits> | undefined;
  /** What it does, in a few words, for its documentation. */
  summary?: string | undefined;
  /** What it does, for its documentation. */
  description?: string | undefined;
}

/** How a service is served. */
export interface ServingOptions {
  /** What a client may send. */
  limits?: Partial<Limits> | undefined;
  /** By when a client hears, in ms from its request, > 0; endpoints may say otherwise. */
  deadlineMs?: number | undefined;
  /**
   * The header by which clients ask for a deadline, in ms from their request. It can only be
   * earlier than that of the server. `false`: none.
   *
   * @default {"x-deadline-ms"}
   */
  deadlineHeader?: string | false | undefined;
  /**
   * Whether the calls of clients that have gone leave the queue. Deno prints a notice
   * when requests are listened to like that.
   *
   * @default {false}
   */
  abortGone?: boolean | undefined;
  /**
   * Whether answers tell the time in the queue and in the batch by `Server-Timing`.
   *
   * @default {true}
   */
  serverTiming?: boolean | undefined;
  /** What `/healthz` and `/readyz` go by; `false`: there are none. */
  health?: HealthOptions | false | undefined;
  /** What `/openapi.json` and `/docs` say beside the endpoints; `false`: there are none. */
  openapi?: OpenApiOptions | false | undefined;
  /** Hears of errors on the side of the server, of which clients are told nothing. */
  report?: ((error: unknown, c: Context) => void) | undefined;
}

/** What `/healthz` and `/readyz` go by. */
export interface HealthOptions {
  /**
   * How long a batch may run, in ms, > 0; beyond that the process is not healthy.
   *
   * @default {30_000}
   */
  overdueMs?: number | undefined;
}

/** What the OpenAPI document says beside the endpoints. */
export interface OpenApiOptions {
  /**
   * The name of the service.
   *
   * @default {"Endpoints"}
   */
  title?: string | undefined;
  /**
   * The version of the service.
   *
   * @default {"1.0.0"}
   */
  version?: string | undefined;
  /** What the service does. */
  description?: string | undefined;
}

/** Options of an app after their check, complete. */
export interface Serving {
  readonly limits: Limits;
  readonly deadlineMs: number;
  readonly deadlineHeader: string | undefined;
  readonly abortGone: boolean;
  readonly serverTiming: boolean;
  readonly overdueMs: number | undefined;
  readonly openapi: OpenApiOptions | false;
  readonly report: (error: unknown, c: Context) => void;
}

/** Checks the options of an app and fills in the defaults. */
export function servingOf(options: ServingOptions): Serving {
  const {
    limits,
    deadlineMs = Infinity,
    deadlineHeader = "x-deadline-ms",
    abortGone = false,
    serverTiming = true,
    health = {},
    openapi = {},
    report = () => {},
  } = checked("serve", options, SERVING);
  return {
    limits: limitsOf(limits),
    deadlineMs,
    deadlineHeader: deadlineHeader === false ? undefined : deadlineHeader,
    abortGone,
    serverTiming,
    overdueMs: health ? health.overdueMs ?? 30_000 : undefined,
    openapi,
    report,
  };
}

/** Checks the options of an endpoint, without regard to an app. */
export function checkEndpoint(name: string, options: EndpointOptions): void {
  const action = `serve ${name}()`;
  const { input } = checked(action, options, ENDPOINT);
  if (input === undefined) throw wrong(action, "input", SCHEMA.wanted, input);
}

function isObjectOrFalse(value: unknown): boolean {
  return value === false || isObject(value);
}

const HEALTH: Rules<HealthOptions> = { overdueMs: SPAN };

const OPENAPI: Rules<OpenApiOptions> = {
  title: TEXT,
  version: TEXT,
  description: TEXT,
};

const SCHEMA: Rule = { wanted: "be a Standard Schema", is: isSchema };

const ENDPOINT: Rules<EndpointOptions> = {
  path: {
    wanted: "be a string that begins with /",
    is: (v) => typeof v === "string" && v.startsWith("/"),
  },
  input: SCHEMA,
  output: SCHEMA,
  bulk: FLAG,
  deadlineMs: SPAN,
  priority: FUNCTION,
  lane: FUNCTION,
  limits: LIMITED,
  summary: TEXT,
  description: TEXT,
};

/** A token by RFC 9110, 5.6.2. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

const SERVING: Rules<ServingOptions> = {
  limits: LIMITED,
  deadlineMs: SPAN,
  deadlineHeader: {
    wanted: "be the name of a header",
    is: (v) => v === false || (typeof v === "string" && HEADER_NAME.test(v)),
  },
  abortGone: FLAG,
  serverTiming: FLAG,
  health: { wanted: "be an object", is: isObjectOrFalse, parts: HEALTH },
  openapi: { wanted: "be an object", is: isObjectOrFalse, parts: OPENAPI },
  report: FUNCTION,
};
