/**
 * How each runtime is brought to run the shared suite.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundle } from "../../../.ci/release/bundle.ts";
import type { BehaviourOutcome } from "../outcomes.ts";
import { startChromium } from "../../examples/chromium.ts";
import { Workerd } from "../../../examples/edge/workerd.ts";

/** One of them. */
export interface Runtime {
  name: string;
  run(): Promise<BehaviourOutcome[]>;
}

const root = join(import.meta.dirname ?? ".", "../../..");
const suite = "tests/runtimes";
const console = `${suite}/console.ts`;
/** Where `.ci/run` installs a second Node. */
const NODE_24 = join(root, ".tools/node24/node_modules/.bin/node");

/** The day whose workerd it has to be. */
const COMPATIBILITY_DATE = "2026-11-01";

/** All that can be had here; all must be had but the second Node. */
export const runtimes: Runtime[] = [
  command("Deno", "deno", "run", "-A", "--no-lock", "--no-check", console),
  command("Bun", "bun", console),
  command("Node", "node", "--import", "tsx", console),
  ...existsSync(NODE_24)
    ? [command("Node 24", NODE_24, "--import", "tsx", console)]
    : [],
  { name: "workerd", run: onWorkerd },
  { name: "Chromium", run: onChromium },
];

function command(name: string, file: string, ...words: string[]): Runtime {
  return {
    name,
    run: async () => {
      const { stdout } = await promisify(execFile)(file, words, { cwd: root });
      return JSON.parse(stdout);
    },
  };
}

async function onWorkerd(): Promise<BehaviourOutcome[]> {
  const entry = join(root, suite, "workerd.ts");
  const workerd = await Workerd.start([{ entry, date: COMPATIBILITY_DATE }]);
  try {
    const response = await fetch(`http://127.0.0.1:${workerd.ports[0]}/`);
    return await response.json() as BehaviourOutcome[];
  } finally {
    await workerd.stop();
  }
}

async function onChromium(): Promise<BehaviourOutcome[]> {
  const { code } = await bundle(`${suite}/chromium.ts`);
  const browser = await startChromium();
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!DOCTYPE html><title>The shared suite</title>");
  }).listen(0, "127.0.0.1");
  try {
    const page = await browser.newPage();
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    const content = new TextDecoder().decode(code);
    await page.addScriptTag({ type: "module", content });
    await page.waitForFunction("globalThis.outcomes");
    return await page.evaluate("outcomes()");
  } finally {
    await browser.close();
    server.close();
  }
}
