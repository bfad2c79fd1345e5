/**
 * Runs a part of a bench in a process of its own: what one part leaves behind cannot
 * slow the next one down.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import process from "node:process";

/** How a process is started. */
export interface ApartOptions {
  /** What it is told, as its arguments. */
  readonly args?: readonly string[];
  /** Whether its code may collect garbage by hand. */
  readonly gc?: boolean;
}

/**
 * Runs a module in another process of this runtime.
 *
 * @param url Of the module; it prints what is returned, as JSON.
 */
export function apart<T>(
  url: URL,
  { args = [], gc = false }: ApartOptions = {},
): T {
  const output = execFileSync(
    process.execPath,
    [...flags(gc), url.pathname, ...args],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  return JSON.parse(output) as T;
}

/** Several runs of the same. */
export function apartTimes<T>(
  times: number,
  url: URL,
  options: ApartOptions,
): T[] {
  return Array.from({ length: times }, () => apart<T>(url, options));
}

function flags(gc: boolean): string[] {
  const { deno, bun } = process.versions;
  if (deno) return ["run", "-A", ...(gc ? ["--v8-flags=--expose-gc"] : [])];
  if (bun) return [];
  return [...process.execArgv, ...(gc ? ["--expose-gc"] : [])];
}
