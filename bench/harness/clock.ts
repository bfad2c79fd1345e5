/**
 * What is measured of a piece of work.
 *
 * @module
 */
import process from "node:process";

/** A clock, and which of several times that it has shown is the typical one. */
export interface Clock {
  /** What the figures are, in words. */
  readonly name: string;
  /** The time, in ns. */
  now(): number;
  /** Of sorted times. */
  typical(times: readonly number[]): number;
}

/**
 * What all processors have spent on this process, helper threads and collections of
 * garbage included: right for work that never idles, and the same whoever else uses
 * the machine. All of it counts, since garbage comes due in single runs.
 */
export const cpuClock: Clock = {
  name: "CPU time",
  now() {
    const { user, system } = process.cpuUsage();
    return (user + system) * 1000;
  },
  typical: (times) => times.reduce((sum, time) => sum + time, 0) / times.length,
};

/**
 * What somebody who waits has waited: for work that idles between its steps. The
 * median, since others who use the machine make single runs longer.
 */
export const wallClock: Clock = {
  name: "wall-clock time",
  now: () => performance.now() * 1e6,
  typical: (times) => times[times.length >> 1]!,
};
