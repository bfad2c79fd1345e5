/**
 * The page at `/` and what it asks for.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { Problem, problemResponse } from "../../../src/hono/mod.ts";
import { readWall } from "../digits/wall_file.ts";
import { pageFile } from "./files.ts";
import { Live, type LiveOptions } from "./live.ts";
import { type Mode, type Settings, settingsSchema } from "./settings.ts";
import { readImages } from "./wall_reading.ts";

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
  app.get("/page/live", (c) =>
    c.body(live.watch(), 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    }));
  app.post("/page/settings", async (c) => {
    try {
      live.set(await settingsIn(c));
      return c.body(null, 204);
    } catch (error) {
      if (error instanceof Problem) return problemResponse(error);
      throw error;
    }
  });
  const warm = new Set<Mode>();
  app.post("/page/wall", async (c) => {
    const images = (await readWall()).map(({ image }) => image);
    const read = () => readImages(options.digits, images, live.settings.mode);
    // The first calls compile code: they are not what is to be shown.
    if (!warm.has(live.settings.mode)) warm.add((await read()).mode);
    return c.json(await read());
  });
  return app;
}

/** The settings in a body. Pages of other origins cannot send this type without our leave. */
async function settingsIn(c: Context): Promise<Settings> {
  if (c.req.header("content-type") !== "application/json") {
    throw new Problem(415, "The body must be application/json");
  }
  const body: unknown = await c.req.json().catch(() => {
    throw new Problem(400, "The body is no JSON");
  });
  const { success, data, error } = settingsSchema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const path = issue?.path.join(".") ?? "";
  throw new Problem(422, `Wrong settings: ${path} ${issue?.message}`.trim());
}

async function hashOfScript(html: string): Promise<string> {
  const [, script = ""] = /<script type="importmap">(.*?)<\/script>/s
    .exec(html) ?? [];
  const bytes = new TextEncoder().encode(script);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
