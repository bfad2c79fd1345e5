/**
 * Errors that nobody catches.
 *
 * @module
 */
import process from "node:process";
import { turns } from "./watched.ts";

/** Runs a test and tells which errors nobody has caught meanwhile and shortly after. */
export async function uncaughtIn(run: () => Promise<void>): Promise<unknown[]> {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
  try {
    await run();
    await turns(5);
  } finally {
    process.off("unhandledRejection", note);
    process.off("uncaughtException", note);
  }
  return uncaught;
}
