/**
 * A server on Bun.
 *
 * @module
 */

import type { Fetch, Listen } from "./listen.ts";

// Written by hand, so that this file passes every runtime's type check.
declare const Bun: {
  serve(options: { hostname: string; port: number; fetch: Fetch }): {
    port: number;
    stop(): Promise<void>;
  };
};

/** Starts a server by `Bun.serve`. */
export const listen: Listen = (fetch, { hostname, port }) => {
  const server = Bun.serve({ hostname, port, fetch });
  return Promise.resolve({ port: server.port, stop: () => server.stop() });
};
