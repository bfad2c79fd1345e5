/**
 * How long the proofs run, by environment variables; see CONTRIBUTING.md.
 *
 * @module
 */
import process from "node:process";

const { env } = process;
const steps = env["BATCHED_PROOF_STEPS"];

/** Whether it is not the usual run. */
export const isNightly: boolean = steps !== undefined;

/** How many steps are to be taken: fewer on the slower runtimes. */
export const STEPS: number = Number(
  steps ?? ("deno" in process.versions ? 200_000 : 50_000),
);

/** The seed of the first scripts; a new one each night. */
export const SEED: number = Number(
  env["BATCHED_PROOF_SEED"] ?? (isNightly ? Date.now() % 2 ** 31 : 1),
);

const [path, replay] = env["BATCHED_PROOF_PATH"]?.split(" ") ?? [];

/** Where a failure is to be found again. */
export const PATH: string | undefined = path;

/** Which of its commands ran, where that is told. */
export const REPLAY: string | undefined = replay;

/** Whether failures are told as they are found. */
export const endOnFailure: boolean = env["BATCHED_PROOF_SHRINK"] === "no";

/** Time to shrink a failure, in ms. */
export const timeout: number = isNightly ? 2 ** 31 - 1 : 900_000;
