/**
 * A Worker that reads handwritten digits, in batches that requests from everywhere share.
 *
 * @module
 */

import { Hono } from "hono";
import { unpacked } from "../../src/cloudflare/mod.ts";
import { Problem, problemOf, problemResponse } from "../../src/hono/mod.ts";
import { pixels } from "../predictions/digits/network.ts";
import type { DigitsObject } from "./digits_object.ts";

export { DigitsObject } from "./digits_object.ts";

/** What `wrangler.jsonc` binds. */
interface Env {
  readonly DIGITS: {
    idFromName(name: string): unknown;
    get(id: unknown): Pick<DigitsObject, "classify" | "counts">;
  };
}

/** Requests for all of them meet in one object: as many names, as many threads, and as small batches. */
const NAME = "digits";

const app: Hono<{ Bindings: Env }> = new Hono<{ Bindings: Env }>();

app.post("/classify", async (c) => {
  const image = new Uint8Array(await c.req.arrayBuffer());
  if (image.length !== pixels) {
    throw new Problem(422, `An image has ${pixels} bytes`);
  }
  return c.json(await unpacked(digits(c.env).classify(image)));
});

app.get("/counts", async (c) => c.json(await digits(c.env).counts()));

// A full queue is 503 with `Retry-After`, as its error comes out of the object with its class.
app.onError((error) => problemResponse(problemOf(error)));

function digits({ DIGITS }: Env): ReturnType<Env["DIGITS"]["get"]> {
  return DIGITS.get(DIGITS.idFromName(NAME));
}

export default app;
