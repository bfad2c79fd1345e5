/**
 * Serves the page, on Deno, Bun and Node.
 *
 * @module
 */

import { stop } from "esbuild";
import process from "node:process";
import { listen } from "../predictions/runtimes/listen.ts";
import { browserApp } from "./app.ts";

const app = await browserApp((path) => console.log(path));
await stop();

const hostname = "127.0.0.1";
const port = Number(process.env["PORT"] ?? 8001);
const server = await listen(app.fetch, { hostname, port });
console.log(`Listening on http://${hostname}:${server.port}`);
