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
 *
 * @returns What is to be called when something comes from outside, maybe from another request. It begins
 * with the request that runs; without one the batcher is everybody's.
 */
export function requestWatch(host: Host): (() => void) | undefined {
  if (!isWorkerd || hasWarned || host !== defaultHost) return undefined;
  let probe: Probe | undefined;
  let turn = -1;
  const look = () => {
    turn++;
    // Each copy costs the next one more. Others, if they come, will be there at one of these.
    if (hasWarned || (turn & (turn - 1)) !== 0) return;
    try {
      probe = probe ? probe.clone() : new runtime.Response("");
    } catch {
      warn();
    }
  };
  look();
  return look;
}

function warn(): void {
  hasWarned = true;
  runtime.console.warn(
    "Batched: requests share a batcher, whose timers and promises die with the request " +
      "they belong to. Calls will hang. Give it a host, " +
      "`workersHost(waitUntil)` of `@batched/batched/cloudflare`, " +
      "or keep it in a Durable Object",
  );
}
