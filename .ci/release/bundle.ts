/**
 * Bundles as a user's build does: minified, with all that is reachable.
 *
 * @module
 */
import { build, type Metafile, stop } from "esbuild";
import { join } from "node:path";

/** One bundle, and what it was made of. */
export interface Bundle {
  code: Uint8Array;
  /** What each file takes of it, in bytes, the largest first. */
  files: [file: string, bytes: number][];
  /** What it imports from elsewhere. */
  imports: string[];
}

const root = join(import.meta.dirname ?? ".", "../..");

/**
 * @param entry A file, named from the root of the project.
 * @param names What is imported of it; left out: everything.
 * @returns Its bundle, in which the libraries of optional entries stay imports.
 */
export async function bundle(
  entry: string,
  names?: readonly string[],
): Promise<Bundle> {
  const contents = names && `export { ${names.join()} } from "./${entry}"`;
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: root,
      ...contents
        ? { stdin: { contents, resolveDir: root } }
        : { entryPoints: [entry] },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      packages: "external",
      metafile: true,
      write: false,
      outfile: "bundle.js",
    });
    return { code: outputFiles[0]!.contents, ...partsOf(metafile) };
  } finally {
    await stop();
  }
}

function partsOf({ outputs }: Metafile): Pick<Bundle, "files" | "imports"> {
  const { inputs, imports } = Object.values(outputs)[0]!;
  return {
    files: Object.entries(inputs)
      .map(([file, { bytesInOutput }]): [string, number] => [
        file,
        bytesInOutput,
      ])
      .sort(([, a], [, b]) => b - a),
    imports: [...new Set(imports.map(({ path }) => path))],
  };
}
