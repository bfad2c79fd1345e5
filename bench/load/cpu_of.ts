/**
 * What another process has cost so far.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** How many ms a tick of Linux has; it has told programs the same on all machines for decades. */
const TICK_MS = 10;

/** What all processors have spent on a process with all its threads, in ms. */
export function cpuMsOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  return existsSync(file)
    ? cpuMsInStat(readFileSync(file, "utf8"))
    : cpuMsInTime(execFileSync("ps", ["-o", "time=", "-p", String(pid)], {
      encoding: "utf8",
    }));
}

/** Of the words of Linux. The second one is a name, which may have blanks and brackets itself. */
export function cpuMsInStat(stat: string): number {
  const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = words.slice(11, 13).map(Number) as [number, number];
  return TICK_MS * (user + system);
}

/** Of the words of `ps`: minutes and seconds, or hours before them. */
export function cpuMsInTime(time: string): number {
  const seconds = time.trim().split(":")
    .reduce((sum, part) => 60 * sum + Number(part), 0);
  return 1000 * seconds;
}
