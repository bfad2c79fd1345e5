/**
 * A server on Deno.
 *
 * @module
 */

import type { Fetch, Listen } from "./listen.ts";

// Written by hand, so that this file passes every runtime's type check.
declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen: () => void },
    fetch: Fetch,
  ): { addr: { port: number }; shutdown(): Promise<void> };
};

/** Starts a server by `Deno.serve`. */
export const listen: Listen = (fetch, { hostname, port }) => {
  const server = Deno.serve({ hostname, port, onListen() {} }, fetch);
  return Promise.resolve({
    port: server.addr.port,
    stop: () => server.shutdown(),
  });
};
