/**
 * The items of a bulk, as they come: as an array, line by line, or byte by byte.
 *
 * @module
 */
import type { Context } from "hono";
import {
  checkLength,
  chunksOf,
  gathered,
  isBlank,
  linesOf,
  piecesOf,
} from "./body.ts";
import { fromBase64, isBytes } from "./bytes.ts";
import type { Exposed } from "./exposed.ts";
import { parseJson } from "./json.ts";
import { BYTES_TYPE, JSON_TYPE, LINES_TYPE, requireType } from "./media.ts";
import { Problem } from "./problems.ts";

/** Makes an item that is still to be checked, or throws what is wrong with it alone. */
export type Entry = () => unknown;

/** What a bulk may be to a method. */
export function bulkTypesOf({ options }: Exposed): string[] {
  const types = [JSON_TYPE, LINES_TYPE];
  if (lengthOf(options.input) !== undefined) types.push(BYTES_TYPE);
  return types;
}

/**
 * The entries in the body of a request.
 *
 * @returns Them and the type that the body has.
 * @throws {Problem} If it can be no bulk at all; what is wrong later is thrown by the entries.
 */
export async function entriesOf(
  c: Context,
  exposed: Exposed,
): Promise<{ type: string; entries: AsyncIterable<Entry> }> {
  const { limits } = exposed;
  const type = requireType(c, bulkTypesOf(exposed));
  checkLength(c, limits.bulkBytes);
  const entries = type === JSON_TYPE
    ? inArray(await readArray(c, exposed), exposed)
    : counted(
      type === LINES_TYPE ? inLines(c, exposed) : inPieces(c, exposed),
      limits.bulkItems,
    );
  return { type, entries };
}

async function readArray(
  c: Context,
  { limits, patience }: Exposed,
): Promise<unknown[]> {
  const body = await gathered(chunksOf(c, limits.bulkBytes, patience));
  const items = parseJson(body, limits.depth + 1);
  if (!Array.isArray(items)) {
    throw new Problem(422, `The body must be an array, not ${kindOf(items)}`);
  }
  if (items.length > limits.bulkItems) {
    throw tooMany(limits.bulkItems, `, not ${items.length}`);
  }
  return items;
}

async function* inArray(
  items: readonly unknown[],
  { options }: Exposed,
): AsyncGenerator<Entry> {
  const read = isBytes(options.input) ? decoded : same;
  for (const item of items) yield () => read(item);
}

async function* inLines(
  c: Context,
  { options, limits, patience }: Exposed,
): AsyncGenerator<Entry> {
  const read = isBytes(options.input) ? decoded : same;
  const chunks = chunksOf(c, limits.bulkBytes, patience);
  for await (const line of linesOf(chunks, limits.bodyBytes)) {
    if (isBlank(line)) continue;
    yield () => read(parseJson(line, limits.depth, "line"));
  }
}

async function* inPieces(
  c: Context,
  { options, limits, patience }: Exposed,
): AsyncGenerator<Entry> {
  const chunks = chunksOf(c, limits.bulkBytes, patience);
  const pieces = piecesOf(chunks, lengthOf(options.input)!);
  for await (const piece of pieces) yield () => piece;
}

async function* counted(
  entries: AsyncIterable<Entry>,
  most: number,
): AsyncGenerator<Entry> {
  let count = 0;
  for await (const entry of entries) {
    if (++count > most) throw tooMany(most);
    yield entry;
  }
}

function lengthOf(input: Exposed["options"]["input"]): number | undefined {
  return isBytes(input) ? input.bytes.length : undefined;
}

function decoded(text: unknown): Uint8Array {
  try {
    if (typeof text === "string") return fromBase64(text);
  } catch {
    // Said below.
  }
  throw new Problem(422, "The item must be bytes as a base64 string");
}

function same(item: unknown): unknown {
  return item;
}

/** How many there are can be told only where all have come. */
function tooMany(most: number, came = ""): Problem {
  return new Problem(413, `A bulk must have at most ${most} items${came}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
