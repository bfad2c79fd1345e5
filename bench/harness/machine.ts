/**
 * Where the figures come from.
 *
 * @module
 */
import os from "node:os";
import process from "node:process";

/** What ran on what. */
export interface Machine {
  readonly runtime: string;
  readonly engine: string;
  readonly cpu: string;
  readonly cores: number;
  readonly os: string;
}

/** This one. */
export function machine(): Machine {
  const { deno, bun, node, v8, webkit } = process.versions;
  const runtime = deno ? `Deno ${deno}` : bun ? `Bun ${bun}` : `Node ${node}`;
  const cpus = os.cpus();
  return {
    runtime,
    engine: bun ? `JavaScriptCore ${webkit?.slice(0, 7)}` : `V8 ${v8}`,
    cpu: cpus[0]?.model ?? "unknown",
    cores: cpus.length,
    os: `${os.type()} ${os.arch()}`,
  };
}
