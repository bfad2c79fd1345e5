import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Project } from "./project.ts";

const tests = join(import.meta.dirname ?? ".", "..");
const COMPILERS = ["typescript-5.9", "typescript-6", "typescript-7"];

/** The two protocols of decorators, and the metadata that NestJS has written. */
const DECORATORS: Record<string, Record<string, boolean>> = {
  standard: {},
  legacy: { experimentalDecorators: true },
  metadata: { experimentalDecorators: true, emitDecoratorMetadata: true },
};

const MODULES: Record<string, Record<string, string>> = {
  "ECMAScript modules": { module: "nodenext" },
  "CommonJS": { module: "nodenext" },
  "CommonJS of Node 16": { module: "node16" },
  "a bundler": { module: "esnext", moduleResolution: "bundler" },
};

/** Whose resolution knows no `exports`. TypeScript 6 has deprecated it. */
const OLD = { module: "commonjs", moduleResolution: "node10" };

describe("The types of the package for npm", () => {
  let project: Project;

  before(() => {
    project = new Project({
      files: sources(),
      manifest: { type: "module" },
      packages: [
        ...COMPILERS.map((name) => `${name}@npm:${name.replace("-", "@")}`),
        "@types/node@20",
        "hono@4",
        "valibot@1",
        "zod@4",
      ],
    });
  });
  after(() => project?.[Symbol.dispose]());

  for (const compiler of COMPILERS) {
    for (const [name, options] of Object.entries(DECORATORS)) {
      it(`Good uses compile and bad ones do not: ${compiler}, ${name} decorators`, () => {
        check(compiler, { module: "nodenext", ...options });
      });
    }
    for (const [name, options] of Object.entries(MODULES)) {
      it(`All entries have types: ${compiler}, for ${name}`, () => {
        const isCommonJs = name.startsWith("CommonJS");
        const files = [isCommonJs ? "entries.cts" : "entries.mts"];
        check(compiler, options, files);
      });
    }
  }

  it("All entries have types: typescript-5.9, for those who know no exports", () => {
    check("typescript-5.9", OLD, ["entries.cts"]);
  });

  function check(compiler: string, options: object, files?: string[]): void {
    const compilerOptions = {
      target: "es2022",
      lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
      types: ["node"],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      noEmit: true,
      // Of our own files all is checked, see "entries".
      skipLibCheck: files === undefined,
      ...options,
    };
    const config = {
      compilerOptions,
      ...(files ? { files } : { include: ["types"] }),
    };
    project.write("tsconfig.json", JSON.stringify(config));
    project.run("node", `node_modules/${compiler}/bin/tsc`, "--project", ".");
  }
});

/** The uses and misuses of `tests/types`, of the package, and an import of each entry. */
function sources(): Record<string, string> {
  const files: Record<string, string> = {
    "types/testing.ts": read("std-testing/types.ts"),
    "entries.mts": entries("import * as"),
    "entries.cts": entries("import * as"),
  };
  for (const name of readdirSync(join(tests, "types"))) {
    files[`types/${name}`] = read(`types/${name}`)
      .replaceAll(`"@std/testing/types"`, `"./testing.js"`)
      .replaceAll(`"../../mod.ts"`, `"@batched/batched"`)
      .replaceAll(`"../../src/hono/mod.ts"`, `"@batched/batched/hono"`)
      .replaceAll(
        /"\.\.\/\.\.\/(src\/[^"]+)\.ts"/g,
        `"../node_modules/@batched/batched/$1.js"`,
      );
  }
  return files;
}

/** One whose libraries are not installed is left to those who have them. */
function entries(how: string): string {
  const config: { exports: Record<string, string> } = JSON.parse(
    read("../deno.json"),
  );
  const names = Object.keys(config.exports)
    .filter((name) => !["./hono", "./otel", "./reflect"].includes(name))
    .map((name) => name.replace(/^\.\/?/, ""));
  const imports = names.map((name, index) =>
    `${how} entry${index} from "@batched/batched${name && `/${name}`}";`
  );
  const uses = names.map((_, index) => `Object.keys(entry${index})`);
  return `${imports.join("\n")}

class Doubler {
  readonly double = entry0.batched((xs: number[]) => xs.map((x) => 2 * x));
}
const answer: Promise<number> = new Doubler().double(1);
console.log(answer, ${uses.join(", ")});
`;
}

function read(file: string): string {
  return readFileSync(join(tests, file), "utf8");
}
