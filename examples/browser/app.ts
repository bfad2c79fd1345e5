/**
 * The page, its script, and the endpoints that it asks, one item or many at a time.
 *
 * @module
 */

import { build } from "esbuild";
import { Hono } from "hono";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Batched, one } from "../../mod.ts";
import { endpoints, Problem } from "../../src/hono/mod.ts";
import type { User } from "./page/users.ts";

const folder = import.meta.dirname ?? ".";
/** Users have the ids below it; the last cards of the page find nobody. */
const USERS = 58;

/** Stands for a table of users. */
class Directory {
  @Batched()
  find(id: number): Promise<User> {
    return one(this.findBatch([id]));
  }

  findBatch(ids: number[]): (User | Error)[] {
    return ids.map((id) =>
      id < USERS
        ? { id, name: `user ${id}` }
        : new Problem(404, "Nobody has this id")
    );
  }

  @Batched()
  greet(name: string): Promise<string> {
    return one(this.greetBatch([name]));
  }

  greetBatch(names: string[]): string[] {
    return names.map((name) => `Hello, ${name}`);
  }
}

/** Makes the app; `onRequest` hears of each request by its path. */
export async function browserApp(
  onRequest: (path: string) => void = () => {},
): Promise<Hono> {
  const script = await bundled("page/main.ts");
  const page = readFileSync(join(folder, "page/index.html"), "utf8");
  const app = new Hono();
  app.use(async (context, next) => {
    onRequest(context.req.path);
    await next();
  });
  app.get("/", (context) => context.html(page));
  app.get("/page.js", (context) => {
    context.header("content-type", "text/javascript");
    return context.body(script);
  });
  app.route(
    "/users",
    endpoints(new Directory(), {
      find: { input: z.number().int().nonnegative() },
      greet: { input: z.string() },
    }),
  );
  return app;
}

/** Browsers have no decorators: the target says what esbuild has to turn them into. */
async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]!.text;
}
