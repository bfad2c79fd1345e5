/**
 * Which types of bodies are taken.
 *
 * @module
 */
import type { Context } from "hono";
import { came, Problem } from "./problems.ts";

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
  requireNoEncoding(c);
  const given = c.req.header("content-type") ?? "";
  if (types.includes(given)) return given;
  const [first = "", ...parameters] = given.toLowerCase().split(";");
  const named = first.trim();
  const type = ALIASES[named] ?? named;
  const accept = types.join(", ");
  if (!types.includes(type)) {
    const wanted = types.join(" or ");
    throw refused(`The content type must be ${wanted}, ${came(named)}`, {
      accept,
    });
  }
  const charset = otherCharset(parameters);
  if (charset === undefined) return type;
  throw refused(`The charset must be utf-8, ${came(charset)}`, { accept });
}

/** The type of the answer to a bulk: what the client asks for, else that of its request. */
export function answerType(c: Context, given: string): string {
  const accepted = (c.req.header("accept") ?? "").toLowerCase();
  const lines = weightOf(accepted, [LINES_TYPE, ...Object.keys(ALIASES)]);
  const json = weightOf(accepted, [JSON_TYPE]);
  if (lines === undefined && json === undefined) {
    return given === LINES_TYPE ? LINES_TYPE : JSON_TYPE;
  }
  const any = weightOf(accepted, ["application/*"]) ??
    weightOf(accepted, ["*/*"]) ?? 0;
  const unnamed = Math.max(any - LITTLE, LITTLE);
  return (lines ?? unnamed) >= (json ?? unnamed) ? LINES_TYPE : JSON_TYPE;
}

/** So much less weighs what a client does not name, and more than what it does not want; less than weights can differ. */
const LITTLE = 1e-4;

/** How much a client wants one of these types; `undefined`: it names none of them. */
function weightOf(
  accepted: string,
  types: readonly string[],
): number | undefined {
  let most: number | undefined;
  for (const range of accepted.split(",")) {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    if (!types.includes(type!)) continue;
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    const q = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    most = Math.max(most ?? 0, q);
  }
  return most;
}

/** The first charset among the parameters of a type that is not UTF-8. */
function otherCharset(parameters: readonly string[]): string | undefined {
  for (const parameter of parameters) {
    const [, charset] = CHARSET.exec(parameter) ?? [];
    if (charset !== undefined && !/^utf-?8$/.test(charset)) return charset;
  }
  return undefined;
}

const CHARSET = /^\s*charset\s*=\s*"?([^\s"]*)/;

/** `Accept-Encoding` in an answer says that the type was not what was wrong (RFC 9110, 12.5.3). */
function requireNoEncoding(c: Context): void {
  const encoding = (c.req.header("content-encoding") ?? "").toLowerCase();
  if (encoding === "" || encoding === "identity") return;
  throw refused(
    `The body must not be compressed: its encoding must be identity, ${
      came(encoding)
    }`,
    { "accept-encoding": "identity" },
  );
}

function refused(detail: string, headers: Record<string, string>): Problem {
  return new Problem(415, detail, { headers });
}
