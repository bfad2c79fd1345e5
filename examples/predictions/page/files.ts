/**
 * The files of the page. Its scripts are TypeScript like all else here: what a
 * browser gets of them is the same without types, line by line.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** A file as a browser wants it. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** Where scripts may lie: not all of this folder is a browser's business. */
const scriptPattern =
  /^(page\/browser\/[a-z_]+|digits\/(frame|network|wall))\.ts$/;
const stylePattern = /^style\/[a-z]+\.css$/;
const examples = new URL("../", import.meta.url);
const kept = new Map<string, PageFile>();

/** The file of this name; `undefined` if there is none for browsers. Read once. */
export async function pageFile(name: string): Promise<PageFile | undefined> {
  const known = kept.get(name);
  if (known !== undefined) return known;
  try {
    const file = await readerOf(name)?.();
    if (file !== undefined) kept.set(name, file);
    return file;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

function readerOf(name: string): (() => Promise<PageFile>) | undefined {
  if (scriptPattern.test(name)) return () => script(new URL(name, examples));
  if (stylePattern.test(name)) return () => local(name, "text/css");
  return others.get(name);
}

const others = new Map([
  ["index.html", () => local("index.html", "text/html; charset=utf-8")],
  ["icon.svg", () => local("icon.svg", "image/svg+xml")],
  ["uplot.css", () => ofPlot("uPlot.min.css", "text/css")],
  ["uplot.js", () => ofPlot("uPlot.esm.js", "text/javascript")],
]);

async function local(name: string, type: string): Promise<PageFile> {
  return { type, text: await readFile(new URL(name, import.meta.url), "utf8") };
}

/** The library that draws charts, from where the runtime keeps its packages. */
async function ofPlot(name: string, type: string): Promise<PageFile> {
  const main = createRequire(import.meta.url).resolve("uplot");
  const path = main.replace(/[^\\/]+$/, name);
  return { type, text: await readFile(path, "utf8") };
}

async function script(file: URL): Promise<PageFile> {
  // 3 MB of WebAssembly: only who opens the page waits for them.
  const { transform } = await import("@swc/wasm-typescript");
  const { code } = await transform(await readFile(file, "utf8"), {
    mode: "strip-only",
    module: true,
  });
  return { type: "text/javascript", text: code };
}
