/**
 * Reads JSON from clients that may be hostile: what is no JSON by its standard (RFC 8259), or
 * more than a program can bear, goes no further.
 *
 * @module
 */
import { Problem } from "./problems.ts";

/** Where text stands, as messages call it. */
export type Place = "body" | "line";

/**
 * Reads a value.
 *
 * @param depth How deep it may nest.
 */
export function parseJson(
  bytes: Uint8Array,
  depth: number,
  place: Place = "body",
): unknown {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new Problem(400, `The ${place} must be UTF-8`);
  }
  if (isDeeper(text, depth)) {
    throw new Problem(400, `The ${place} must nest at most ${depth} deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const came = text.trim() === "" ? ", but it is empty" : "";
    throw new Problem(400, `The ${place} must be JSON${came}`);
  }
  if (isMaybeHuge(text) && !hasFiniteNumbers(value)) {
    throw new Problem(
      400,
      `The ${place} must have no number beyond the range of float64`,
    );
  }
  return value;
}

/** Text that is not UTF-8 would otherwise become other text in silence. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * A number too large for a float64 has an exponent of three digits, or very many digits before it:
 * 210 and `e99` are enough. Most items are too short for the latter, which takes twice as long to
 * look for as the text takes to be read.
 */
function isMaybeHuge(text: string): boolean {
  return LARGE_EXPONENT.test(text) ||
    (text.length >= 200 && MANY_DIGITS.test(text));
}

const LARGE_EXPONENT = /[eE]\+?\d{3}/;
/** Each run of digits is looked at once, from its beginning. */
const MANY_DIGITS = /(?<!\d)\d{200}/;

/** Most text has few brackets, which are found faster than text is read. */
function isDeeper(text: string, most: number): boolean {
  let openings = 0;
  for (const bracket of ["[", "{"]) {
    let at = text.indexOf(bracket);
    for (; at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++openings > most) return depthOf(text) > most;
    }
  }
  return false;
}

function depthOf(text: string): number {
  let [depth, deepest, isString] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isString) {
      if (char === "\\") at++;
      else if (char === '"') isString = false;
    } else if (char === '"') isString = true;
    else if (char === "[" || char === "{") {
      depth++;
      if (depth > deepest) deepest = depth;
    } else if (char === "]" || char === "}") depth--;
  }
  return deepest;
}

/** Whether all numbers in a value are finite. */
function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(hasFiniteNumbers);
}
