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
const COMPILER_OPTIONS = {
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
};

const JEST = {
  rootDir: "src",
  testRegex: ".*\\.spec\\.ts$",
  transform: { "^.+\\.ts$": "ts-jest" },
  testEnvironment: "node",
};

const JEST_PACKAGES = ["@nestjs/testing@11", "jest@30", "ts-jest@29"];

describe("The guide to NestJS 11, in a project of CommonJS", () => {
  let project: Project;
  before(() => {
    project = projectOf(11, JEST_PACKAGES);
  });
  after(() => project?.[Symbol.dispose]());

  it("Its tests pass under Jest", () => {
    project.run("npx", "jest", "--ci");
  });

  it("It compiles and serves, and stops in order", () => serves(project));
});

describe("The guide to NestJS 12, which is of ECMAScript modules, in a project of CommonJS", () => {
  let project: Project;
  before(() => {
    project = projectOf(12, []);
  });
  after(() => project?.[Symbol.dispose]());

  it("It compiles and serves, and stops in order", () => serves(project));
});

/** Jest needs NestJS 11; without it there are no tests in the project. */
function projectOf(version: number, jest: string[]): Project {
  const files = Object.entries(codeOf(guide)).filter(([name]) =>
    jest.length > 0 || !name.endsWith(".spec.ts")
  );
  const compilerOptions = {
    ...COMPILER_OPTIONS,
    types: jest.length > 0 ? ["node", "jest"] : ["node"],
  };
  return new Project({
    files: {
      ...Object.fromEntries(files),
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
    },
    manifest: { jest: JEST },
    packages: [
      `@nestjs/common@${version}`,
      `@nestjs/core@${version}`,
      `@nestjs/platform-express@${version}`,
      "@types/jest@30",
      "@types/node@20",
      "reflect-metadata@0.2",
      "rxjs@7",
      "typescript@5.9",
      ...jest,
    ],
  });
}

async function serves(project: Project): Promise<void> {
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
}

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
