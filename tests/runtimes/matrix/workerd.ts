/**
 * workerd with one Worker.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** The day whose workerd it has to be. */
const COMPATIBILITY_DATE = "2026-11-01";

const CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);

const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "${COMPATIBILITY_DATE}"
);
`;

/** One that runs; disposing of it ends it. */
export class Workerd implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #folder: string;
  /** Where it listens. */
  readonly url: string;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}/`;
  }

  /** Starts it with the code of its only module. */
  static async start(code: Uint8Array): Promise<Workerd> {
    const folder = mkdtempSync(join(tmpdir(), "batched-workerd-"));
    writeFileSync(join(folder, "worker.js"), code);
    writeFileSync(join(folder, "config.capnp"), CONFIG);
    const words = ["serve", "config.capnp", "--control-fd=3"];
    const child = spawn(binary(), words, {
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    });
    const control = child.stdio[3] as Readable;
    const [said] = await Promise.race([
      once(control, "data"),
      once(child, "exit").then(() => {
        throw new Error("workerd ended at once");
      }),
    ]);
    return new Workerd(child, folder, JSON.parse(String(said)).port);
  }

  /** Asked politely it would wait for requests that hang. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

/**
 * Installed apart, as Deno would download its 155 MB for every task of the project if a manifest
 * named it.
 */
function binary(): string {
  const root = join(import.meta.dirname ?? ".", "../../..");
  try {
    const place = join(root, ".tools/workerd/package.json");
    return createRequire(place)("workerd").default;
  } catch (cause) {
    throw new Error(
      "There is no workerd here: npm install --prefix .tools/workerd --no-save workerd",
      { cause },
    );
  }
}
