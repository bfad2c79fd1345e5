/**
 * Makes one module of a Worker, as `wrangler` does.
 *
 * @module
 */

import type { Plugin } from "esbuild";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Bundles the module.
 *
 * @returns The paths of the files that it became: first the module, then the data that it imports.
 */
export async function bundle(
  entry: string,
  folder: string,
  alias: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const { build, stop } = await import("esbuild");
  try {
    const { metafile } = await build({
      entryPoints: [entry],
      outdir: folder,
      absWorkingDir: folder,
      bundle: true,
      format: "esm",
      target: "es2022",
      plugins: [packages(alias)],
      loader: { ".bin": "copy" },
      logLevel: "error",
      metafile: true,
    });
    const name = basename(entry).replace(/\.ts$/, ".js");
    const data = Object.keys(metafile.outputs).filter((file) => file !== name);
    return [name, ...data].map((file) => join(folder, file));
  } finally {
    await stop();
  }
}

/** Finds packages where the runtime does: Deno keeps them in no folder that esbuild knows. */
function packages(alias: Readonly<Record<string, string>>): Plugin {
  return {
    name: "packages",
    setup(build) {
      build.onResolve({ filter: /^cloudflare:/ }, () => ({ external: true }));
      build.onResolve({ filter: /^[@a-z]/ }, async ({ path, kind }) => {
        if (kind === "entry-point") return undefined;
        if (alias[path] !== undefined) return { path: alias[path] };
        // On Deno it has a file once it has been imported.
        await import(path);
        return { path: fileURLToPath(import.meta.resolve(path)) };
      });
    },
  };
}
