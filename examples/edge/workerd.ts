/**
 * The real workerd on this machine.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { bundle } from "./bundle.ts";

/** A Worker to run. */
export interface WorkerOptions {
  /** The path of its module. */
  readonly entry: string;
  /** The compatibility date. */
  readonly date: string;
  /** By their bindings, the classes of its Durable Objects, which the module exports. */
  readonly objects?: Readonly<Record<string, string>>;
  /** Where it listens; any free port when left out. */
  readonly port?: number;
  /** What modules stand for names that it imports. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** A Worker and the files that it was bundled into. */
interface Bundled extends WorkerOptions {
  readonly files: readonly string[];
}

/** What the process itself says on its standard output, a line for each socket. */
const listening = /^\{"event":"listen","socket":"s(\d+)","port":(\d+)\}\n/gm;

/** A workerd process. */
export class Workerd {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<void>;
  /** Where each Worker listens, in their order. */
  readonly ports: number[] = [];
  /** What they have said so far. */
  output = "";

  private constructor(process: ChildProcess, folder: string) {
    this.#process = process;
    this.#folder = folder;
    this.#ended = new Promise((resolve) => process.once("close", resolve));
    process.stdout!.on("data", (bytes) => this.output += bytes);
    process.stderr!.on("data", (bytes) => this.output += bytes);
  }

  /** Why workerd cannot run here; `undefined` where it can. */
  static whyNot(): string | undefined {
    try {
      const { status, error, stderr } = spawnSync(binary(), ["--version"]);
      if (status === 0) return undefined;
      return `workerd does not run here: ${error?.message ?? stderr}`;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** Bundles the Workers and serves them until `stop()`. */
  static async start(workers: readonly WorkerOptions[]): Promise<Workerd> {
    const folder = mkdtempSync(join(tmpdir(), "batched-workerd-"));
    const bundles = new Map<string, readonly string[]>();
    for (const { entry, alias = {} } of workers) {
      if (bundles.has(entry)) continue;
      bundles.set(entry, await bundle(entry, folder, alias));
    }
    const bundled = workers.map((worker) => {
      return { ...worker, files: bundles.get(worker.entry)! };
    });
    const config = join(folder, "config.capnp");
    writeFileSync(config, configOf(bundled));
    // It takes free ports itself: one that was chosen before may be taken by now.
    const words = ["serve", config, "--control-fd=1"];
    const child = spawn(binary(), words, { stdio: "pipe" });
    const workerd = new Workerd(child, folder);
    await workerd.#listening(workers.length);
    return workerd;
  }

  /** Ends it at once: asked politely, it would wait for requests that hang. */
  async stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
    rmSync(this.#folder, { recursive: true });
  }

  /** Waits until it says where each of its sockets listens. */
  async #listening(sockets: number): Promise<void> {
    const ended = this.#ended.then(() => {
      throw new Error(`workerd has ended: ${this.output}`);
    });
    while (Object.keys(this.ports).length < sockets) {
      await Promise.race([once(this.#process.stdout!, "data"), ended]);
      this.output = this.output.replace(listening, (_, socket, port) => {
        this.ports[socket] = Number(port);
        return "";
      });
    }
  }
}

/** Installed apart, as Deno would download its 155 MB for every task if a manifest named it. */
function binary(): string {
  const place = new URL("../../.tools/workerd/package.json", import.meta.url);
  try {
    return createRequire(place)("workerd").default;
  } catch (cause) {
    const command =
      "npm install --prefix .tools/workerd --no-save workerd@1.20261117.1";
    throw new Error(`There is no workerd here: ${command}`, { cause });
  }
}

function configOf(workers: readonly Bundled[]): string {
  const services = workers.map((_, i) => `(name = "w${i}", worker = .w${i})`);
  const sockets = workers.map(({ port = 0 }, i) =>
    `(name = "s${i}", address = "127.0.0.1:${port}", http = (), service = "w${i}")`
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${services.join(", ")}],
  sockets = [${sockets.join(", ")}]
);
${workers.map(workerOf).join("")}`;
}

function workerOf(
  { files, date, objects = {} }: Bundled,
  index: number,
): string {
  const modules = files.map((file) => {
    const kind = file.endsWith(".js") ? "esModule" : "data";
    return `(name = "${basename(file)}", ${kind} = embed "${basename(file)}")`;
  });
  const classes = Object.values(objects).map((name) =>
    `(className = "${name}", uniqueKey = "${index}-${name}")`
  );
  const bindings = Object.entries(objects).map(([name, className]) =>
    `(name = "${name}", durableObjectNamespace = "${className}")`
  );
  return `const w${index} :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "${date}",
  durableObjectNamespaces = [${classes.join(", ")}],
  durableObjectStorage = (inMemory = void),
  bindings = [${bindings.join(", ")}]
);
`;
}
