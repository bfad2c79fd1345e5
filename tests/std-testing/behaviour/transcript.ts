/**
 * The behaviours in this folder use every part of `@std/testing` that tests use
 * and print what came of it; `../compare.ts` runs them with the original and
 * with the stand-in.
 *
 * @module
 */

/** One line of the transcript. */
export function say(what: string, ...values: unknown[]): void {
  console.log(what, JSON.stringify(values));
}

/** The name of what it throws; messages may differ. */
export async function thrown(run: () => unknown): Promise<string> {
  try {
    await run();
    return "nothing";
  } catch (error) {
    return (error as Error).name;
  }
}
