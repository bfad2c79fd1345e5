/**
 * A package of ECMAScript modules, once more in CommonJS. Jest, and with it most projects that
 * use NestJS, can `require()` nothing else before Node 24.9, and only with a flag from then on.
 *
 * @module
 */
import { stop, transform } from "esbuild";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMMONJS_FOLDER } from "./manifest.ts";

/**
 * File by file, as entries share some of them.
 *
 * @param folder That of the package, unpacked.
 */
export async function addCommonJs(folder: string): Promise<void> {
  const target = join(folder, COMMONJS_FOLDER);
  try {
    for (const file of filesOf(folder)) {
      const text = readFileSync(join(folder, file), "utf8");
      write(
        join(target, file),
        file.endsWith(".d.ts") ? text : await convert(text),
      );
    }
  } finally {
    await stop();
  }
  write(
    join(target, "package.json"),
    `${JSON.stringify({ type: "commonjs" })}\n`,
  );
}

async function convert(text: string): Promise<string> {
  const { code } = await transform(text, {
    format: "cjs",
    platform: "node",
    target: "node20",
    // Where modules run in a context of their own, as in Jest, import() is refused.
    supported: { "dynamic-import": false },
  });
  return code;
}

/** Modules and their types, named from the folder. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js") || file.endsWith(".d.ts"));
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
