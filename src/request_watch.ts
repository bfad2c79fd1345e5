/**
 * Watches, on workerd, that a batcher with the default host stays in one request.
 *
 * @module
 */
import { defaultHost, type Host } from "./host.ts";

/** What is asked of the global object, which tells workerd apart. */
interface Workerd {
  readonly navigator?: { readonly userAgent?: string };
  readonly console: { warn(message: string): void };
  readonly Response: new (body: string) => Probe;
}

/** A response: it may be used in the request alone, or the object, that made it. */
interface Probe {
  clone(): Probe;
}

const runtime = globalThis as unknown as Workerd;
const isWorkerd = runtime.navigator?.userAgent === "Cloudflare-Workers";
let hasWarned = false;

/**
 * There a timer or promise dies with the request that it belongs to, and all who wait for it hang.
 * In a Durable Object all requests count as one.
 */
export class RequestWatch {
  #probe: Probe | undefined;
  #turns = 0;

  /** Begins with the request that runs; without one the batcher is everybody's. */
  constructor() {
    try {
      this.#probe = new runtime.Response("");
    } catch {
      warn();
    }
  }

  /** Where there is something to watch. */
  static begin(host: Host): RequestWatch | undefined {
    if (!isWorkerd || hasWarned || host !== defaultHost) return undefined;
    return new RequestWatch();
  }

  /** Something comes from outside, maybe from another request. */
  beginTurn(): void {
    const turn = ++this.#turns;
    // Each copy costs the next one more. Others, if they come, will be there at one of these.
    if (hasWarned || (turn & (turn - 1)) !== 0) return;
    try {
      this.#probe = this.#probe?.clone();
    } catch {
      warn();
    }
  }
}

function warn(): void {
  if (hasWarned) return;
  hasWarned = true;
  runtime.console.warn(
    "Batched: requests share a batcher, whose timers and promises die here with the request " +
      "that they belong to. Their calls will hang. Give it a host, " +
      "`workersHost(waitUntil)` of `@batched/batched/cloudflare`, " +
      "or keep it in a Durable Object",
  );
}
