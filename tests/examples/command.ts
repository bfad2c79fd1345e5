/**
 * A command of the example that runs in a process of its own, on the runtime
 * that runs the test.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { spawnScript } from "../../examples/predictions/runtimes/spawn.ts";

const folder = new URL("../../examples/predictions/", import.meta.url);

/** A running command and what it has said. */
export class Command {
  readonly #child: ChildProcess;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** What came on standard output so far. */
  output = "";
  /** What came on standard error so far. */
  errors = "";

  /** Starts the script of this name in the example's folder. */
  constructor(name: string, args: readonly string[]) {
    this.#child = spawnScript(new URL(name, folder), args, "pipe");
    this.#child.stdout!.on("data", (bytes) => this.output += bytes);
    this.#child.stderr!.on("data", (bytes) => this.errors += bytes);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", resolve);
    });
  }

  /** Waits until the output matches. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      await new Promise<void>((resolve, reject) => {
        this.#child.stdout!.once("data", () => resolve());
        this.ended.then(() => reject(new Error(`Ended early: ${this.errors}`)));
      });
    }
  }

  /** The port on which the command listens. */
  async port(): Promise<number> {
    return Number((await this.said(/127\.0\.0\.1:(\d+)/))[1]);
  }

  /** Asks the command to end. */
  signal(name: "SIGTERM" | "SIGINT"): void {
    // Not by `child.kill`: Deno then hides the exit code.
    process.kill(this.#child.pid!, name);
  }
}

/** Runs `test` while somebody else has the port. */
export async function onTakenPort(
  test: (port: number) => Promise<void>,
): Promise<void> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  try {
    await test((other.address() as AddressInfo).port);
  } finally {
    other.close();
  }
}
