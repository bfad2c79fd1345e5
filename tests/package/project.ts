/**
 * A project as users have it, somewhere else on this machine, with the package for npm in it.
 *
 * @module
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";

/** What a project begins with. */
export interface ProjectOptions {
  /** By their names. */
  files: Record<string, string>;
  manifest?: Record<string, unknown>;
  /** What `npm install` is given besides the package. */
  packages?: string[];
}

const root = join(import.meta.dirname ?? ".", "../..");
let tarball: string | undefined;

/** Disposing of it deletes it. */
export class Project implements Disposable {
  /** Where it is. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "batched-project-"));

  /** Writes the files and installs the packages. */
  constructor({ files, manifest = {}, packages = [] }: ProjectOptions) {
    const about = { name: "project", private: true, ...manifest };
    this.write("package.json", JSON.stringify(about));
    for (const [file, text] of Object.entries(files)) this.write(file, text);
    const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
    this.run("npm", "install", ...quiet, packed(), ...packages);
  }

  /** @returns What the command said; throws if it fails, with what it said. */
  run(command: string, ...words: string[]): string {
    try {
      return execFileSync(command, words, {
        cwd: this.folder,
        encoding: "utf8",
        stdio: "pipe",
        env: { ...process.env, NO_COLOR: "1" },
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      const line = [command, ...words].join(" ");
      throw new Error(`${line}\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  /** Starts a server that says its URL in its first line. */
  async serve(
    ...words: string[]
  ): Promise<{ url: string; stop: () => Promise<number | null> }> {
    const child = spawn("node", words, {
      cwd: this.folder,
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve) => {
      child.once("exit", resolve);
    });
    const said = new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (text) => resolve(String(text).trim()));
      child.once("exit", () => reject(new Error("It ended at once")));
    });
    const stop = () => {
      child.kill("SIGTERM");
      return ended;
    };
    return { url: await said, stop };
  }

  /** Writes a file, and the folders that it is in. */
  write(file: string, text: string): void {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Deletes all of it. */
  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Packed once, for all projects of this process. */
function packed(): string {
  if (tarball !== undefined) return tarball;
  const folder = mkdtempSync(join(tmpdir(), "batched-package-"));
  process.once("exit", () => rmSync(folder, { recursive: true }));
  tarball = join(folder, "batched.tgz");
  const words = [
    "run",
    "-A",
    ".ci/release/pack.ts",
    "--allow-dirty",
    "-o",
    tarball,
  ];
  execFileSync("deno", words, { cwd: root, stdio: "pipe" });
  return tarball;
}
