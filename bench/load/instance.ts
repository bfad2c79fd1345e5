/**
 * The service of the example, or what it is compared with, in a process of its own.
 *
 * @module
 */
import { type ChildProcess, execFileSync } from "node:child_process";
import process from "node:process";
import { spawnScript } from "../../examples/predictions/runtimes/spawn.ts";
import { cpuMsOf } from "./cpu_of.ts";

const service = new URL("../../examples/predictions/serve.ts", import.meta.url);
const standIn = new URL("./stand_in.ts", import.meta.url);

/** A service that takes requests, on the runtime at hand. */
export class Instance {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  /** Starts the service on any free port. */
  static start(): Promise<Instance> {
    return Instance.#start(service, "--port", "0");
  }

  /** Starts what it is compared with, see `stand_in.ts`. */
  static startStandIn(which: "bare" | "refusing"): Promise<Instance> {
    return Instance.#start(standIn, which);
  }

  static async #start(script: URL, ...args: string[]): Promise<Instance> {
    const child = spawnScript(script, args);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const port = await Promise.race([
      portIn(child),
      ended.then((code) => {
        throw new Error(`Cannot start the service: it ended with ${code}`);
      }),
    ]);
    return new Instance(port, child, ended);
  }

  private constructor(
    port: number,
    child: ChildProcess,
    ended: Promise<number | null>,
  ) {
    this.port = port;
    this.#child = child;
    this.#ended = ended;
  }

  /** The memory that its process holds, in bytes. */
  residentBytes(): number {
    const words = ["-o", "rss=", "-p", String(this.#child.pid)];
    return 1024 * Number(execFileSync("ps", words, { encoding: "utf8" }));
  }

  /** What all processors have spent on its process, in ms. */
  cpuMs(): number {
    return cpuMsOf(this.#child.pid!);
  }

  /** Asks it to end, and gives its exit code when it has. */
  stop(): Promise<number | null> {
    // Not by `child.kill`: Deno then hides the exit code.
    process.kill(this.#child.pid!, "SIGTERM");
    return this.#ended;
  }
}

/** It says where it listens. */
function portIn(child: ChildProcess): Promise<number> {
  let said = "";
  return new Promise((resolve) => {
    child.stdout!.on("data", (bytes) => {
      said += bytes;
      const [, port] = /127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (port !== undefined) resolve(Number(port));
    });
  });
}
