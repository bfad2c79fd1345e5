/**
 * How large the package is for those who bundle it.
 *
 *     deno task size
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { type Bundle, bundle } from "./bundle.ts";

/** An entry and all that it reaches. */
export interface EntrySize {
  name: string;
  minified: number;
  gzipped: number;
  /** The packages that it needs. */
  imports: string[];
  files: Bundle["files"];
}

const root = join(import.meta.dirname ?? ".", "../..");

/** Measures every entry of the package. */
export async function entrySizes(): Promise<EntrySize[]> {
  const config: { exports: Record<string, string> } = JSON.parse(
    readFileSync(join(root, "deno.json"), "utf8"),
  );
  const sizes: EntrySize[] = [];
  for (const [name, file] of Object.entries(config.exports)) {
    const { code, imports, files } = await bundle(file);
    const gzipped = gzipSync(code, { level: 9 }).length;
    sizes.push({ name, minified: code.length, gzipped, imports, files });
  }
  return sizes;
}

/** Tables of entries and of the files that "." reaches, in Markdown. */
export function report(sizes: EntrySize[]): string {
  const entries = sizes.map(({ name, minified, gzipped, imports }) =>
    row(name, kilobytes(minified), kilobytes(gzipped), imports.join(", "))
  );
  const { files } = sizes.find(({ name }) => name === ".")!;
  return [
    row("entry", "minified", "and gzipped", "imports"),
    row("---", "--:", "--:", "---"),
    ...entries,
    "",
    row('file that "." reaches', "bytes, minified"),
    row("---", "--:"),
    ...files.map(([file, bytes]) => row(file, String(bytes))),
  ].join("\n");
}

function row(...cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

if (process.argv[1] === import.meta.filename) {
  console.log(report(await entrySizes()));
}
