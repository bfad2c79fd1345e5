import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Project } from "./project.ts";

const guide = readFileSync(
  join(import.meta.dirname ?? ".", "../../docs/nestjs.md"),
  "utf8",
);

/** As `nest new` writes it. */
const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    moduleResolution: "nodenext",
    resolvePackageJsonExports: true,
    esModuleInterop: true,
    isolatedModules: true,
    declaration: true,
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: "ES2023",
    strict: true,
    outDir: "./dist",
    rootDir: "./src",
    types: ["node", "jest"],
  },
  include: ["src"],
};

const JEST = {
  rootDir: "src",
  testRegex: ".*\\.spec\\.ts$",
  transform: { "^.+\\.ts$": "ts-jest" },
  testEnvironment: "node",
};

describe("The guide to NestJS, in a project of CommonJS", () => {
  let project: Project;

  before(() => {
    project = new Project({
      files: {
        ...codeOf(guide),
        "tsconfig.json": JSON.stringify(TSCONFIG),
      },
      manifest: { jest: JEST },
      packages: [
        "@nestjs/common@11",
        "@nestjs/core@11",
        "@nestjs/platform-express@11",
        "@nestjs/testing@11",
        "@types/jest@30",
        "@types/node@20",
        "jest@30",
        "reflect-metadata@0.2",
        "rxjs@7",
        "ts-jest@29",
        "typescript@5.9",
      ],
    });
  });
  after(() => project?.[Symbol.dispose]());

  it("Its tests pass under Jest", () => {
    project.run("npx", "jest", "--ci");
  });

  it("It compiles and serves, in batches, and stops in order", async () => {
    project.run("npx", "tsc");
    const { url, stop } = await project.serve("dist/main.js");
    const answers = await Promise.all([1, 2, 3].map(async (x) => {
      const response = await fetch(`${url}/predictions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ row: [x, x] }),
      });
      return await response.json();
    }));
    await stop();
    assert.deepEqual(answers, [2, 4, 6].map((answer) => ({ answer })));
  });
});

/** Blocks of code that follow the name of their file. */
function codeOf(text: string): Record<string, string> {
  const block = /^`(\S+)`:\n\n```ts ignore\n([^]*?)^```$/gm;
  const files = [...text.matchAll(block)].map(([, name = "", code = ""]) => [
    name,
    code,
  ]);
  assert.equal(files.length, text.match(/^```ts/gm)?.length);
  return Object.fromEntries(files);
}
