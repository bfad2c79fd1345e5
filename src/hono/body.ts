/**
 * Reads bodies, up to a limit of bytes and of time.
 *
 * @module
 */
import type { Context } from "hono";
import type { Patience } from "./patience.ts";
import { Problem } from "./problems.ts";

/** How large the body is announced to be. Refuses one that is too large; nothing of it is read. */
export function checkLength(c: Context, most: number): number | undefined {
  const length = announcedLength(c);
  if (length !== undefined && length > most) throw tooLarge(most, length);
  return length;
}

/** The whole body, which must not be announced as too large. All of it must come in time. */
export async function readBody(
  c: Context,
  most: number,
  patience: Patience,
): Promise<Uint8Array> {
  if (checkLength(c, most) !== undefined || c.req.raw.bodyUsed) {
    const body = await patience.within(whole(c));
    if (body.byteLength > most) throw tooLarge(most, body.byteLength);
    return body;
  }
  const reader = c.req.raw.body?.getReader();
  try {
    return await patience.within(gathered(chunksFrom(reader, most)));
  } finally {
    leave(reader);
  }
}

/** The body as it comes. Each chunk must come in time. */
export async function* chunksOf(
  c: Context,
  most: number,
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  // Somebody has read it before: then Hono has kept it.
  if (c.req.raw.bodyUsed) return yield await readBody(c, most, patience);
  const reader = c.req.raw.body?.getReader();
  try {
    yield* chunksFrom(reader, most, patience);
  } finally {
    leave(reader);
  }
}

/** All chunks as one. */
export async function gathered(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const all = new Gathering();
  for await (const chunk of chunks) all.add(chunk);
  return all.take();
}

/**
 * Splits bytes into lines, without their ends.
 *
 * @param most Most bytes in a line.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array> {
  /** What has come of a line that has not ended. */
  const begun = new Gathering();
  const check = (length: number) => {
    if (length > most) throw tooLarge(most, undefined, "line");
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      check(begun.length + end - start);
      if (begun.length > 0) {
        begun.add(chunk.subarray(start, end));
        yield begun.take();
      } else if (!isBlank(chunk, start, end)) {
        // A body of nothing but blank lines would keep others waiting if each were looked at in a turn.
        yield chunk.subarray(start, end);
      }
      start = end + 1;
    }
    check(begun.length + chunk.length - start);
    begun.add(chunk.subarray(start));
  }
  if (begun.length > 0) yield begun.take();
}

/** Splits bytes into pieces of equal length; the last one may be shorter. */
export async function* piecesOf(
  chunks: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + length - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < length) break;
      yield piece;
      piece = new Uint8Array(length);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

const NEWLINE = 10;

/** Whether there is nothing but blanks, tabs and carriage returns. */
export function isBlank(
  line: Uint8Array,
  start = 0,
  end: number = line.length,
): boolean {
  for (let at = start; at < end; at++) {
    const byte = line[at];
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

/**
 * Hono's `bodyLimit` would look at the body's stream even where its length is announced, and
 * that costs more than the rest of a small request.
 */
function announcedLength(c: Context): number | undefined {
  const length = c.req.header("content-length");
  // Some servers let the same length pass twice, as "5, 5": then the body tells.
  if (length === undefined || !/^\d+$/.test(length)) return undefined;
  const isChunked = c.req.header("transfer-encoding") !== undefined;
  return isChunked ? undefined : Number(length);
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function* chunksFrom(
  reader: Reader | undefined,
  most: number,
  patience?: Patience,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  while (reader) {
    const read = reader.read().catch(endedEarly);
    const { done, value } = await (patience?.within(read) ?? read);
    if (done) return;
    bytes += value.byteLength;
    if (bytes > most) throw tooLarge(most, undefined);
    yield value;
  }
}

/** Nobody waits for that: it would be waiting for a client that may never end. */
function leave(reader: Reader | undefined): void {
  reader?.cancel().catch(() => {});
}

function whole(c: Context): Promise<Uint8Array> {
  return c.req.arrayBuffer().then((all) => new Uint8Array(all), endedEarly);
}

/**
 * Gathers pieces to one. They are copied as they come: a client may send a byte at a time, and on
 * Deno each of them would keep a buffer of 64 KB.
 */
class Gathering {
  #bytes = new Uint8Array(0);
  #length = 0;

  /** How much there is. */
  get length(): number {
    return this.#length;
  }

  /** Appends a piece. */
  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  /** All of it, and begins anew. */
  take(): Uint8Array {
    const all = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return all;
  }
}

function endedEarly(cause: unknown): never {
  throw new Problem(400, "The body ended early", { cause });
}

/** How large it is can be told only where that was announced. */
function tooLarge(
  most: number,
  length: number | undefined,
  what: "body" | "line" = "body",
): Problem {
  const came = length === undefined ? "" : `, not ${length}`;
  return new Problem(413, `The ${what} must have at most ${most} bytes${came}`);
}
