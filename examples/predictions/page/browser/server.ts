/**
 * What the page asks the server, and what it hears from it.
 *
 * @module
 */

/// <reference lib="dom" />

import type { Mode, Settings } from "../settings.ts";
import type { Tick } from "../tally.ts";
import type { WallReading } from "../wall_reading.ts";

/** Who hears what. */
export interface Listener {
  /** They are told at first and at each change, which makes another version of them. */
  settings(settings: Settings, version: number): void;
  tick(tick: Tick): void;
  /** Whether the server is there. */
  connected(isConnected: boolean): void;
}

/** What was read of a drawing. */
export interface Reading {
  /** Of each digit. */
  readonly probabilities: readonly number[];
  /** How long the request took, seen from here. */
  readonly ms: number;
  readonly waitMs: number;
  readonly runMs: number;
  /** How many calls were in its batch. */
  readonly size: number;
}

/** Where the browser gives up, as it does when a proxy answers for the server, we do not. */
const againAfterMs = 3000;

/** Listens as long as the page is open; a connection that breaks is made anew. */
export function listen(listener: Listener): void {
  const events = new EventSource("/page/live");
  events.addEventListener("settings", ({ data, lastEventId }) => {
    listener.connected(true);
    listener.settings(JSON.parse(data), Number(lastEventId));
  });
  events.addEventListener("tick", ({ data }) => {
    listener.tick(JSON.parse(data));
  });
  const leave = () => events.close();
  events.addEventListener("error", () => {
    listener.connected(false);
    if (events.readyState !== EventSource.CLOSED) return;
    removeEventListener("pagehide", leave);
    setTimeout(() => listen(listener), againAfterMs);
  });
  // Else the browser would keep it for a page to come back to, and the clients at work.
  addEventListener("pagehide", leave);
}

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) location.reload();
});

/** Changes the settings for all who watch; resolves with the version of them that this made. */
export async function send(settings: Settings): Promise<number> {
  const { headers } = await ask("/page/settings", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(settings),
  });
  return Number(headers.get("etag")?.replaceAll('"', ""));
}

/** Has the wall read. */
export async function readWall(): Promise<WallReading> {
  return await (await ask("/page/wall", {})).json();
}

/** The images of the wall and their digits, as they lie on disk. */
export async function fetchWall(): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch("/digits/wall");
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads one picture, by the endpoint that everybody uses. */
export async function readPicture(
  picture: Uint8Array<ArrayBuffer>,
  mode: Mode,
): Promise<Reading> {
  const start = performance.now();
  const path = mode === "single"
    ? "/digits/classify"
    : "/digits/optimized_classify";
  const response = await ask(path, {
    headers: { "content-type": "application/octet-stream" },
    body: picture,
  });
  const probabilities: number[] = await response.json();
  const ms = performance.now() - start;
  const timing = response.headers.get("server-timing") ?? "";
  return { probabilities, ms, ...timesIn(timing) };
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { method: "POST", ...init });
  if (response.ok) return response;
  const { detail = response.statusText } = await response.json()
    .catch(() => ({}));
  throw new Error(`${path} says ${response.status}: ${detail}`);
}

/** Reads a `Server-Timing` header. */
function timesIn(timing: string): Pick<Reading, "waitMs" | "runMs" | "size"> {
  const numberIn = (pattern: RegExp) => Number(pattern.exec(timing)?.[1] ?? 0);
  return {
    waitMs: numberIn(/queue;dur=([\d.]+)/),
    runMs: numberIn(/batch;dur=([\d.]+)/),
    size: numberIn(/desc="(\d+)/),
  };
}
