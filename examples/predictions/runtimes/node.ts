/**
 * A server on Node, by Hono's adapter.
 *
 * @module
 */

import { createAdaptorServer } from "@hono/node-server";
import type { Server as HttpServer } from "node:http";
import { type AddressInfo, Server } from "node:net";
import { setImmediate } from "node:timers";
import type { Listen } from "./listen.ts";

/** How long connections that look idle are kept for a request that is on its way. */
const graceMs = 200;

/** Starts a server by `node:http`. */
export const listen: Listen = (fetch, { hostname, port }) => {
  const server = createAdaptorServer({ fetch }) as HttpServer;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stop: () => stop(server),
      });
    });
  });
};

/** The `close` of an HTTP server would reset connections whose next request lies unread. */
async function stop(server: HttpServer): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    Server.prototype.close.call(server, () => resolve())
  );
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  // What has come meanwhile is read before the connections are looked at.
  await new Promise((resolve) => setImmediate(resolve));
  server.closeIdleConnections();
  await stopped;
}
