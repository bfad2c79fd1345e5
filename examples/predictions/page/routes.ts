/**
 * The page at `/` and what it asks for.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { Problem } from "../../../src/hono/mod.ts";
import { readWall } from "../digits/wall_file.ts";
import { pageFile } from "./files.ts";
import { Live, type LiveOptions } from "./live.ts";
import { type Mode, type Settings, settingsSchema } from "./settings.ts";
import { readImages, type WallReading } from "./wall_reading.ts";

/** Nothing of the page comes from elsewhere; the map of its imports is the one script within it. */
const security = (scriptHash: string) =>
  `default-src 'self'; script-src 'self' '${scriptHash}'; ` +
  "img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'";

/** Makes the routes. */
export function pageRoutes(options: LiveOptions): Hono {
  const live = new Live(options);
  const app = new Hono();
  app.get("/", async (c) => {
    const { text, type } = (await pageFile("index.html"))!;
    return c.body(text, 200, {
      "content-type": type,
      "content-security-policy": security(await hashOfScript(text)),
      "cache-control": "no-cache",
    });
  });
  app.get("/page/file/*", async (c) => {
    const file = await pageFile(c.req.path.slice("/page/file/".length));
    if (file === undefined) return c.notFound();
    const { text, type } = file;
    return c.body(text, 200, {
      "content-type": type,
      "cache-control": "no-cache",
    });
  });
  app.get("/page/live", (c) => {
    // Who asks for the head alone never reads, nor leaves.
    const events = c.req.method === "HEAD" ? "" : live.watch();
    return c.body(events, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    });
  });
  app.post("/page/settings", settingsLimit, async (c) => {
    const version = live.set(await settingsIn(c));
    return c.body(null, 204, { etag: `"${version}"` });
  });
  const warm = new Set<Mode>();
  const read = async (mode: Mode): Promise<WallReading> => {
    const images = (await readWall()).map(({ image }) => image);
    // The first calls compile code: they are not what is to be shown.
    if (!warm.has(mode)) await readImages(options.digits, images, mode);
    warm.add(mode);
    return await readImages(options.digits, images, mode);
  };
  // Who asks meanwhile is shown the same: walls read at the same time would only disturb each other.
  const readings = new Map<Mode, Promise<WallReading>>();
  app.post("/page/wall", async (c) => {
    const { mode } = live.settings;
    const reading = readings.get(mode) ??
      read(mode).finally(() => readings.delete(mode));
    readings.set(mode, reading);
    return c.json(await reading);
  });
  return app;
}

const settingsLimit = bodyLimit({
  maxSize: 4096,
  onError: () => {
    throw new Problem(413, "Settings must have at most 4096 bytes");
  },
});

/** The settings in a body. Pages of other origins cannot send this type without our leave. */
async function settingsIn(c: Context): Promise<Settings> {
  const [type = ""] = (c.req.header("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    throw new Problem(415, "The body must be application/json");
  }
  const body: unknown = await c.req.json().catch(() => {
    throw new Problem(400, "The body is no JSON");
  });
  const { success, data, error } = settingsSchema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const path = issue?.path.join(".") ?? "";
  const what = `${path} ${issue?.message}`.trim();
  throw new Problem(422, `Wrong settings: ${what}`);
}

async function hashOfScript(html: string): Promise<string> {
  const [, script = ""] = /<script type="importmap">(.*?)<\/script>/s
    .exec(html) ?? [];
  const bytes = new TextEncoder().encode(script);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
