/**
 * Copies of the project, to be spoilt.
 *
 * @module
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Mutant, planted } from "./mutant.ts";

/** What is not copied: tests need any of the rest. */
const LEFT_OUT = [".git", ".tools", "node_modules", "coverage"];

/** A copy of the project in a folder of its own. */
export class Copy {
  /** Where it is. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "batched-mutate-"));

  /** Copies the project that is in the folder `root`. */
  constructor(root: string) {
    const filter = (path: string) => !LEFT_OUT.includes(basename(path));
    cpSync(root, this.folder, { recursive: true, filter });
  }

  /** Plants a bug; what is returned takes it out again. */
  plant(mutant: Mutant): () => void {
    const path = join(this.folder, mutant.file);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, planted(text, mutant));
    return () => writeFileSync(path, text);
  }

  /**
   * Gathers tests, files or folders, in one file, and returns its name. Each file that the runner is given costs
   * as much as most of the tests in it.
   */
  gather(tests: readonly string[]): string {
    const files = tests.flatMap((path) => this.#filesIn(path));
    const imports = files.map((file) => `import "./${file}";\n`);
    writeFileSync(join(this.folder, GATHERED), imports.join(""));
    return GATHERED;
  }

  /** Throws it away. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #filesIn(path: string): string[] {
    if (path.endsWith("_test.ts")) return [path];
    const entries = readdirSync(join(this.folder, path), {
      withFileTypes: true,
    });
    return entries
      .filter(({ name }) => name.endsWith("_test.ts") || !name.includes("."))
      .flatMap(({ name }) => this.#filesIn(`${path}/${name}`));
  }
}

const GATHERED = "gathered_test.ts";
