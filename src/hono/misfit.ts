/**
 * What is told of values that do not fit their schemas.
 *
 * @module
 */
import { Problem } from "./problems.ts";
import type { Issue } from "./schema.ts";

/** A schema that does not fit may have thousands of reasons: enough is said of the first few. */
const MAX_ISSUES = 10;
/** Keys, and the messages of some libraries, come from the client: an answer should not grow with them. */
const MAX_CHARS = 200;

/** The problem with an item, for the client that has sent it. */
export function misfitOfItem(issues: readonly Issue[]): Problem {
  const errors = issues.slice(0, MAX_ISSUES).map(({ message, path }) => ({
    detail: message.length > MAX_CHARS
      ? `${wellFormed(message.slice(0, MAX_CHARS))}…`
      : message,
    pointer: pointerOf(path),
  }));
  return new Problem(422, "The item does not fit its schema", {
    members: { errors },
  });
}

/**
 * The error of a method whose result does not fit. Nothing of that is shown, not even to ourselves: messages of schemas
 * may do so.
 */
export function misfitOfResult(
  name: string,
  issues: readonly Issue[],
): TypeError {
  return new TypeError(
    `Cannot answer for ${name}(): its result does not fit "output", at ${
      pointerOf(issues[0]?.path)
    }`,
  );
}

/**
 * Where in a value something is (RFC 6901, as the fragment of a URI): the innermost place around it
 * that can be told in few words.
 */
function pointerOf(path: Issue["path"]): string {
  let pointer = "#";
  for (const part of path ?? []) {
    const key = String(typeof part === "object" ? part.key : part)
      .replaceAll("~", "~0").replaceAll("/", "~1");
    const deeper = `${pointer}/${encodeURIComponent(wellFormed(key))}`;
    if (deeper.length > MAX_CHARS) break;
    pointer = deeper;
  }
  return pointer;
}

/** Half a character, which JSON may have in a key, has no code in a URI. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
