/**
 * Many clients that ask again and again, of whom some leave.
 *
 * @module
 */
import { Connection } from "../../bench/edge/connection.ts";

/** Who asks for what. */
export interface Load {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly requests: number;
  /** After how long the client of a request leaves, in ms; `undefined` if it waits. */
  readonly leavesAfterMs?: (request: number) => number | undefined;
}

/** What became of them. */
export interface Outcome {
  /** How many were answered with what is right. */
  answered: number;
  /** How many clients left before. */
  left: number;
  /** What else came. */
  readonly wrong: string[];
}

/** Asks for the double of each number. */
export async function load(options: Load): Promise<Outcome> {
  const outcome: Outcome = { answered: 0, left: 0, wrong: [] };
  let next = 0;
  const takeNext = () => next < options.requests ? next++ : undefined;
  await Promise.all(
    Array.from(
      { length: options.connections },
      () => client(options, takeNext, outcome),
    ),
  );
  return outcome;
}

async function client(
  { port, path, leavesAfterMs }: Load,
  takeNext: () => number | undefined,
  outcome: Outcome,
): Promise<void> {
  let connection = await Connection.open(port);
  for (let x = takeNext(); x !== undefined; x = takeNext()) {
    const answer = connection.get(`${path}?x=${x}`);
    const leaveMs = leavesAfterMs?.(x);
    if (leaveMs !== undefined) {
      answer.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, leaveMs));
      connection.tear();
      outcome.left++;
      connection = await Connection.open(port);
      continue;
    }
    const text = await answer.catch(String);
    if (text === String(2 * x)) outcome.answered++;
    else outcome.wrong.push(text);
  }
  connection.tear();
}
