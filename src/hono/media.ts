/**
 * Which types of bodies are taken.
 *
 * @module
 */
import type { Context } from "hono";
import { Problem } from "./problems.ts";

/** One item, or an array of them. */
export const JSON_TYPE = "application/json";
/** Items line by line. */
export const LINES_TYPE = "application/x-ndjson";
/** Bytes as they are. */
export const BYTES_TYPE = "application/octet-stream";

/** Other names for lines of JSON. */
const ALIASES: Readonly<Record<string, string>> = {
  "application/ndjson": LINES_TYPE,
  "application/jsonl": LINES_TYPE,
};

/** The type of the body, one of `types`; anything else is refused. */
export function requireType(c: Context, types: readonly string[]): string {
  const given = c.req.header("content-type") ?? "";
  const type = types.includes(given) ? given : essenceOf(given);
  if (type !== undefined && types.includes(type) && !isEncoded(c)) return type;
  const wanted = types.join(" or ");
  const headers = { accept: types.join(", "), "accept-encoding": "identity" };
  throw new Problem(
    415,
    `The content type must be ${wanted}, in UTF-8 where it is text, and not compressed`,
    { headers },
  );
}

/** The type of the answer to a bulk: what the client asks for, else that of its request. */
export function answerType(c: Context, given: string): string {
  const accepted = (c.req.header("accept") ?? "").toLowerCase();
  const wantsLines = [LINES_TYPE, ...Object.keys(ALIASES)].some((type) =>
    accepted.includes(type)
  );
  if (wantsLines) return LINES_TYPE;
  if (accepted.includes(JSON_TYPE)) return JSON_TYPE;
  return given === LINES_TYPE ? LINES_TYPE : JSON_TYPE;
}

/** The type without its parameters; `undefined` for text that is not in UTF-8. */
function essenceOf(header: string): string | undefined {
  const [type = "", ...parameters] = header.toLowerCase().split(";");
  const essence = type.trim();
  const charset = /^\s*charset\s*=\s*"?([^\s"]*)/;
  for (const parameter of parameters) {
    const [, name] = charset.exec(parameter) ?? [];
    if (name !== undefined && !/^utf-?8$/.test(name)) return undefined;
  }
  return ALIASES[essence] ?? essence;
}

function isEncoded(c: Context): boolean {
  const encoding = c.req.header("content-encoding");
  return encoding !== undefined && encoding.toLowerCase() !== "identity";
}
