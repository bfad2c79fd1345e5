/**
 * As much of the globals of a foreign test suite as that suite uses.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** What became of one test of the foreign suite. */
export interface Verdict {
  name: string;
  /** `worded`: it passed but for the words of an error. */
  outcome: "passed" | "worded" | "failed";
  /** Why it failed, or our words. */
  detail: string;
}

/** Begins each line of output that is a {@link Verdict}. */
export const VERDICT = "verdict ";

/** How our own errors begin. */
const OWN_WORDS = /^Cannot /;

const tests: { name: string; body: () => unknown }[] = [];
/** The other words that the running test has met. */
const words: string[] = [];

/** The class that a module exports: the original's in the way of CommonJS, ours in the other. */
export async function classIn(path: string): Promise<unknown> {
  if (path.endsWith(".js")) return createRequire(import.meta.url)(path);
  return (await import(pathToFileURL(path).href)).default;
}

/** A group of tests; the groups make no difference here. */
export function describe(_name: string, body: () => void): void {
  body();
}

/** A test, to be run by {@link run}. */
export function it(name: string, body: () => unknown): void {
  tests.push({ name, body });
}

/** The assertions of the suite. */
export function expect(actual: unknown): Expectation {
  return new Expectation(actual);
}

class Expectation {
  readonly #actual: unknown;

  constructor(actual: unknown) {
    this.#actual = actual;
  }

  get not(): { toThrow(): void } {
    return { toThrow: this.#actual as () => void };
  }

  toBe(expected: unknown): void {
    const actual = String(this.#actual);
    if (isOtherWording(this.#actual, expected)) words.push(actual);
    else assert.ok(Object.is(this.#actual, expected), actual);
  }

  toEqual(expected: unknown): void {
    assert.deepEqual(this.#actual, expected);
  }

  toBeNull(): void {
    assert.equal(this.#actual, null);
  }

  toHaveLength(length: number): void {
    assert.equal((this.#actual as unknown[]).length, length);
  }

  toBeInstanceOf(kind: new () => unknown): void {
    assert.ok(this.#actual instanceof kind);
  }

  toThrow(expected: string): void {
    assert.throws(this.#actual as () => void, ({ message }: Error) => {
      if (isOtherWording(message, expected)) words.push(message);
      else assert.ok(message.includes(expected), message);
      return true;
    });
  }
}

/** Runs the tests one by one and prints a {@link Verdict} of each. */
export async function run(): Promise<void> {
  for (const { name, body } of tests) {
    words.length = 0;
    let failure: { error: unknown } | undefined;
    try {
      await body();
    } catch (error) {
      failure = { error };
    }
    const outcome = failure ? "failed" : words.length ? "worded" : "passed";
    const detail = failure ? String(failure.error) : words.join("; ");
    const verdict: Verdict = { name, outcome, detail };
    console.log(VERDICT + JSON.stringify(verdict));
  }
  process.exit();
}

/** Both say that something is wrong, we in our own words. */
function isOtherWording(actual: unknown, expected: unknown): boolean {
  return typeof expected === "string" && typeof actual === "string" &&
    OWN_WORDS.test(actual) && !actual.includes(expected);
}
