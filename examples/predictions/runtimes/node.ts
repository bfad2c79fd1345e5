/**
 * A server on Node, by Hono's adapter.
 *
 * @module
 */

import { createAdaptorServer } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import type { Listen } from "./listen.ts";

/** Starts a server by `node:http`. */
export const listen: Listen = (fetch, { hostname, port }) => {
  const server = createAdaptorServer({ fetch });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () => new Promise((stopped) => server.close(() => stopped())),
      });
    });
  });
};
