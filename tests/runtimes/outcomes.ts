/**
 * The shared suite without a runner.
 *
 * @module
 */
import { defaultHost, type Host } from "../../mod.ts";
import { suite } from "./suite.ts";

/** What became of one behaviour. */
export interface BehaviourOutcome {
  name: string;
  state: "passed" | "failed" | "not here";
  /** Why it failed, or is not there. */
  detail?: string;
}

/** Checks them one by one. */
export async function outcomes(
  host: Host = defaultHost,
): Promise<BehaviourOutcome[]> {
  const all: BehaviourOutcome[] = [];
  for (const { name, check } of suite) {
    try {
      const detail = await check(host);
      all.push(
        typeof detail === "string"
          ? { name, state: "not here", detail }
          : { name, state: "passed" },
      );
    } catch (error) {
      all.push({ name, state: "failed", detail: String(error) });
    }
  }
  return all;
}
