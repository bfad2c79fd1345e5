/**
 * What the commands of this folder share: options, errors in one line, and an
 * orderly end on SIGINT and SIGTERM.
 *
 * @module
 */

import { parseArgs, type ParseArgsConfig } from "node:util";
import type { Service } from "./service.ts";

/** The options of a command line, as `parseArgs` describes them. */
type Known = NonNullable<ParseArgsConfig["options"]>;

/** Wrong use, told to the user without a stack. */
class UsageError extends Error {}

/** Reads the command line; an option that is not in `known` is an error. */
export function readOptions(known: Known): Record<string, unknown> {
  try {
    return parseArgs({ options: known, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Reads the value of an option that takes a number. */
export function readNumber(
  options: Record<string, unknown>,
  name: string,
  { min, max }: { min: number; max: number },
): number {
  const text = String(options[name]);
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new UsageError(
    `Cannot start: "--${name}" must be a whole number from ${min} to ${max}, ` +
      `not ${JSON.stringify(text)}`,
  );
}

/** Runs a command; what the user can mend becomes one line and the exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    const explanation = explain(error);
    // Anything else is a bug and keeps its stack.
    if (explanation === undefined) throw error;
    console.error(`error: ${explanation}`);
    process.exit(1);
  }
}

/**
 * Ends the process in good order at the first signal; the second one kills it.
 * What is returned aborts when the end begins.
 */
export function stopOnSignal(service: Service): AbortSignal {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      ending.abort();
      await service.stop();
      process.exit(0);
    });
  }
  return ending.signal;
}

function explain(error: unknown): string | undefined {
  if (error instanceof UsageError) return error.message;
  if ((error as { code?: unknown }).code === "EADDRINUSE") {
    return 'Cannot listen: the port is taken, choose another with "--port"';
  }
  return undefined;
}
