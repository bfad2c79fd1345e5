/**
 * Reads the row that a request brings, or says what is wrong with it. Nothing
 * that fails here reaches a batch.
 *
 * @module
 */

import type { Context } from "hono";
import { features, type Row } from "./diabetes.ts";
import { Problem } from "./problems.ts";

const maxBytes = 64 * 1024;
const maxFloat32 = (2 - 2 ** -23) * 2 ** 127;
/** A body of 64 KiB has room for 30,000 bad entries: enough is said of the first few. */
const maxReported = 10;

/** The ten numbers in the body. */
export async function readRow(c: Context): Promise<Row> {
  requireJson(c.req.header("content-type"));
  const text = await readText(c);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Problem(400, "The body must be JSON");
  }
  if (isRow(body)) return body;
  throw badRow(body);
}

/**
 * Hono's `bodyLimit` would do the same, but looks at the body's stream even
 * where the length was announced, and that costs more than the rest of a small
 * request.
 */
async function readText(c: Context): Promise<string> {
  const length = c.req.header("content-length");
  const isChunked = c.req.header("transfer-encoding") !== undefined;
  if (length === undefined || isChunked) return await countText(c.req.raw);
  if (!(Number(length) <= maxBytes)) throw tooLarge();
  return await c.req.text();
}

/** Reads a body whose length only its end tells. */
async function countText({ body }: Request): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    text += decoder.decode(value, { stream: true });
  }
}

function requireJson(type: string | undefined): void {
  if (
    type === "application/json" || /^application\/json *(;|$)/i.test(type ?? "")
  ) return;
  throw new Problem(415, `The content type must be application/json`, {
    headers: { accept: "application/json" },
  });
}

function isRow(body: unknown): body is Row {
  if (!Array.isArray(body) || body.length !== features.length) return false;
  for (let at = 0; at < body.length; at++) if (!isEntry(body[at])) return false;
  return true;
}

/** The model works on float32: a larger number would be infinite to it. */
function isEntry(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= maxFloat32;
}

function badRow(body: unknown): Problem {
  const wanted = `an array of ${features.length} numbers`;
  if (!Array.isArray(body)) {
    return new Problem(400, `The body must be ${wanted}, not ${kindOf(body)}`);
  }
  const errors = [];
  const end = Math.max(body.length, features.length);
  for (let index = 0; index < end && errors.length < maxReported; index++) {
    const error = badEntry(body, index);
    if (error) errors.push(error);
  }
  const first = errors[0]!;
  const detail = `The body must be ${wanted}: entry ${first.index} must be ` +
    `${first.wanted}, not ${first.came}`;
  return new Problem(400, detail, { members: { errors } });
}

interface BadEntry {
  readonly pointer: string;
  readonly index: number;
  readonly wanted: string;
  readonly came: string;
}

function badEntry(
  body: readonly unknown[],
  index: number,
): BadEntry | undefined {
  const isOver = index >= features.length;
  if (!isOver && isEntry(body[index])) return undefined;
  return {
    pointer: `#/${index}`,
    index,
    wanted: isOver ? "absent" : `a number (${features[index]})`,
    came: index < body.length ? kindOf(body[index]) : "absent",
  };
}

/** What `value` is, without showing it. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") {
    return isEntry(value) ? "a number" : "a number beyond the range of float32";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function tooLarge(): Problem {
  return new Problem(413, `The body must have at most ${maxBytes} bytes`);
}
