/**
 * `POST path`: one item, one answer.
 *
 * @module
 */
import type { Context } from "hono";
import { readBody } from "./body.ts";
import { isBytes } from "./bytes.ts";
import type { Exposed } from "./exposed.ts";
import { parseJson } from "./json.ts";
import { BYTES_TYPE, JSON_TYPE, requireType } from "./media.ts";
import type { Visit } from "./visit.ts";

/** Answers a request with one item. */
export async function answerOne(c: Context, visit: Visit): Promise<Response> {
  const { exposed } = visit;
  try {
    visit.admit();
    const item = await exposed.item(await readItem(c, exposed));
    const value = await visit.call(item, visit.ask(item, visit.gone));
    return answer(visit, await exposed.result(value));
  } catch (error) {
    return visit.fail(error);
  }
}

async function readItem(
  c: Context,
  { options, limits, patience }: Exposed,
) {
  const expectsBytes = isBytes(options.input);
  requireType(c, [expectsBytes ? BYTES_TYPE : JSON_TYPE]);
  const body = await readBody(c, limits.bodyBytes, patience);
  return expectsBytes ? body : parseJson(body, limits.depth);
}

function answer(visit: Visit, result: unknown): Response {
  if (result === undefined) return visit.answerNothing();
  if (isBytes(visit.exposed.options.output)) {
    return visit.answer(result as Uint8Array<ArrayBuffer>, BYTES_TYPE);
  }
  const text: string | undefined = JSON.stringify(result);
  if (text !== undefined) return visit.answer(text, JSON_TYPE);
  throw new TypeError(
    `Cannot answer for ${visit.exposed.name}(): JSON has no word for its result`,
  );
}
