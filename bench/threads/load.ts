/**
 * Callers who ask for digits again and again, and a heart that beats beside them.
 *
 * @module
 */
import { defaultHost } from "../../mod.ts";
import { cpuClock } from "../harness/clock.ts";
import type { Contestant } from "./contestants.ts";

/** How often a timer is to ring, in ms. */
const BEAT_MS = 5;

/** What a contestant did. */
export interface Measured {
  /** Answers in a second. */
  readonly answers: number;
  /** What all processors spent on one, those of the threads included, in microseconds. */
  readonly cpuUs: number;
  /** How late the timers of this thread rang, in ms. */
  readonly lateP50: number;
  readonly lateP99: number;
}

/** Lets each image be asked for by a caller of its own, for so long. */
export async function measured(
  { classify }: Contestant,
  images: readonly Uint8Array[],
  seconds: number,
): Promise<Measured> {
  const startedAt = cpuClock.now();
  const end = performance.now() + seconds * 1000;
  const late: number[] = [];
  let answers = 0;
  const caller = async (image: Uint8Array) => {
    while (performance.now() < end) {
      await classify(image);
      answers++;
      await turn();
    }
  };
  const heart = async () => {
    while (performance.now() < end) {
      const due = performance.now() + BEAT_MS;
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
      late.push(performance.now() - due);
    }
  };
  await Promise.all([heart(), ...images.map(caller)]);
  return {
    answers: answers / seconds,
    cpuUs: (cpuClock.now() - startedAt) / 1000 / answers,
    lateP50: quantile(late, 0.5),
    lateP99: quantile(late, 0.99),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[
    Math.min(sorted.length - 1, Math.floor(share * sorted.length))
  ]!;
}

/** The next image of a caller comes through the event loop, as a request does. */
function turn(): Promise<void> {
  return new Promise((resolve) => defaultHost.hop(resolve));
}
