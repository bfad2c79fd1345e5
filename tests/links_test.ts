import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";

/** A link or picture, in Markdown or HTML. */
const LINK = /\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"]+)"/g;
const CODE = /^```.*?^```|`[^`]*`/gms;
const ELSEWHERE = /^https?:/;
const root = join(import.meta.dirname ?? ".", "..");

describe("Links of the documentation", () => {
  for (const file of pages()) {
    it(`Lead to files and headings that are there: ${relative(root, file)}`, () => {
      assert.deepEqual(linksOf(file).filter((link) => !leads(file, link)), []);
    });
  }
});

/** All of Markdown that is no package's. */
function pages(): string[] {
  const inside = [".", "docs", "bench"].map((folder) => join(root, folder));
  return [...inside, ...foldersBelow(join(root, "examples"))]
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith(".md"));
}

function foldersBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
    .map(({ name }) => join(folder, name))
    .flatMap((inner) => [inner, ...foldersBelow(inner)]);
}

function linksOf(file: string): string[] {
  const text = readFileSync(file, "utf8").replaceAll(CODE, "");
  return [...text.matchAll(LINK)]
    .map(([, markdown, html]) => markdown ?? html ?? "")
    .filter((link) => !ELSEWHERE.test(link));
}

function leads(from: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = path === "" ? from : join(dirname(from), path);
  if (!existsSync(target)) return false;
  if (heading === undefined) return true;
  const page = statSync(target).isDirectory()
    ? join(target, "README.md")
    : target;
  return headingsOf(page).includes(heading);
}

/** As they are named in addresses. */
function headingsOf(file: string): string[] {
  const text = readFileSync(file, "utf8").replaceAll(/^```.*?^```/gms, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\- ]/gu, "")
      .replaceAll(" ", "-")
  );
}
