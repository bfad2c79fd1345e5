/**
 * Where the runtimes differ: how a server starts and stops. One file each,
 * chosen here and nowhere else.
 *
 * @module
 */

/** A server that listens. */
export interface Server {
  /** The port, also where 0 was asked for. */
  readonly port: number;
  /** Accepts no connection any more; resolves when all requests are answered. */
  stop(): Promise<void>;
}

/** Answers a request. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** Starts a server; rejects with an error of code `EADDRINUSE` when the port is taken. */
export type Listen = (
  fetch: Fetch,
  address: { hostname: string; port: number },
) => Promise<Server>;

/** Starts a server on the runtime at hand. */
export const listen: Listen = async (fetch, address) => {
  const { listen } = "Deno" in globalThis
    ? await import("./deno.ts")
    : "Bun" in globalThis
    ? await import("./bun.ts")
    : await import("./node.ts");
  return await listen(fetch, address);
};
