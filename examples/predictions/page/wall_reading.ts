/**
 * Reads the wall of digits as if each were asked about by a client of its own,
 * all at about the same time.
 *
 * @module
 */

import { batcherOf, defaultHost } from "../../../mod.ts";
import type { Digits } from "../digits/digits.ts";
import type { Mode } from "./settings.ts";

/** What was read, and how long it took. */
export interface WallReading {
  readonly mode: Mode;
  /** How often the model was asked. */
  readonly batches: number;
  /** Until the last answer. */
  readonly ms: number;
  /** One for each image, in their order. */
  readonly answers: readonly WallAnswer[];
}

/** What was read from one image. */
export interface WallAnswer {
  readonly digit: number;
  /** When its answer came, from the beginning on. */
  readonly ms: number;
}

/** Requests are not read from their sockets all in one turn, but so many. */
const perTurn = 16;

/** Reads all images, each by a call of its own. */
export async function readImages(
  digits: Digits,
  images: readonly Uint8Array[],
  mode: Mode,
): Promise<WallReading> {
  const batcher = mode === "single"
    ? batcherOf(digits, "classifyAlone")
    : batcherOf(digits, "classify");
  const batches = new Set<number>();
  const start = performance.now();
  const read = async (image: Uint8Array): Promise<WallAnswer> => {
    // Others may have filled the queue: the wall waits for its places.
    if (batcher.full) await batcher.ready();
    const probabilities = await batcher.run(image, {
      onSettle: ({ batchId }) => batches.add(batchId),
    });
    const digit = probabilities.indexOf(Math.max(...probabilities));
    return { digit, ms: performance.now() - start };
  };
  const calls: Promise<WallAnswer>[] = [];
  for (let at = 0; at < images.length; at += perTurn) {
    const some = images.slice(at, at + perTurn).map(read);
    // One that fails before all have begun must not end the process: it is told of below.
    for (const call of some) call.catch(() => {});
    calls.push(...some);
    await new Promise<void>((resolve) => defaultHost.hop(resolve));
  }
  const answers = await Promise.all(calls);
  const ms = performance.now() - start;
  return { mode, batches: batches.size, ms, answers };
}
