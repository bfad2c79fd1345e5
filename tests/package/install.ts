import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Project } from "./project.ts";

/** Decorated by hand, as plain JavaScript has no decorators. */
const DOUBLER = `
function doublerOf({ Batched }, options) {
  class Doubler {
    double(x) { return Promise.resolve(2 * x); }
    doubleBatch(xs) { return xs.map((x) => 2 * x); }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Doubler.prototype, "double");
  const decorate = Batched({ maxWaitMs: 1, ...options });
  Object.defineProperty(Doubler.prototype, "double", decorate(Doubler.prototype, "double", descriptor));
  return new Doubler();
}
`;

const USE = `${DOUBLER}
async function use(root, { VirtualHost }) {
  const host = new VirtualHost();
  const doubler = doublerOf(root, { host });
  const answers = Promise.all([doubler.double(1), doubler.double(2)]);
  await host.advance(1);
  return [...await answers, root.batcherOf(doubler, "double").stats().batches].join();
}
`;

const SERVE = `${DOUBLER}
async function serve(root, { endpoints }, { Telemetry }, { OPTIONS_KEY }) {
  const { hooks } = new Telemetry();
  const input = { "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } };
  const app = endpoints(doublerOf(root, { hooks }), { double: { input } });
  const body = "21";
  const headers = { "content-type": "application/json" };
  const answer = await app.request("/double", { method: "POST", body, headers });
  return [answer.status, await answer.text(), OPTIONS_KEY].join();
}
`;

const FILES = {
  "esm.mjs": `
    import * as root from "@batched/batched";
    import * as testing from "@batched/batched/testing";
    ${USE}
    console.log(await use(root, testing));`,
  "commonjs.cjs": `
    ${USE}
    use(require("@batched/batched"), require("@batched/batched/testing")).then(console.log);`,
  "both.cjs": `
    const { batched } = require("@batched/batched");
    import("@batched/batched").then((root) => console.log(root.batched === batched));`,
  "entries.cjs": `
    for (const name of ${JSON.stringify(ownEntries())}) require(name);
    console.log("ok");`,
  "entries.mjs": `
    for (const name of ${JSON.stringify(ownEntries())}) await import(name);
    console.log("ok");`,
};

describe("The package for npm, in a project without anything else", () => {
  let project: Project;
  before(() => {
    project = new Project({ files: FILES });
  });
  after(() => project?.[Symbol.dispose]());

  it("Brings no other package", () => {
    const installed = readdirSync(join(project.folder, "node_modules"));
    assert.deepEqual(installed.filter((name) => !name.startsWith(".")), [
      "@batched",
    ]);
  });

  it("Names no folder of the machine that made it", () => {
    const folder = join(project.folder, "node_modules/@batched");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js"));
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      assert.doesNotMatch(text, /file:\/\/|sourceMappingURL/, file);
    }
  });

  for (const file of ["esm.mjs", "commonjs.cjs"]) {
    it(`Node runs ${file}`, () => {
      assert.equal(project.run("node", file), "2,4,1\n");
    });

    it(`Bun runs ${file}`, () => {
      assert.equal(project.run("bun", file), "2,4,1\n");
    });

    it(`Deno runs ${file}`, () => {
      const words = ["run", "-A", "--node-modules-dir=manual", file];
      assert.equal(project.run("deno", ...words), "2,4,1\n");
    });
  }

  it("Node without require() of ECMAScript modules takes CommonJS", () => {
    const flag = "--no-experimental-require-module";
    assert.equal(project.run("node", flag, "commonjs.cjs"), "2,4,1\n");
    assert.equal(project.run("node", flag, "both.cjs"), "false\n");
  });

  it("require() and import give the same copy, on Node and on Bun", () => {
    assert.equal(project.run("node", "both.cjs"), "true\n");
    assert.equal(project.run("bun", "both.cjs"), "true\n");
  });

  it("Entries that are about no library load without any", () => {
    assert.equal(project.run("node", "entries.cjs"), "ok\n");
    assert.equal(project.run("node", "entries.mjs"), "ok\n");
  });
});

describe("The package for npm, beside the libraries that its entries are about", () => {
  let project: Project;
  before(() => {
    project = new Project({
      files: {
        "commonjs.cjs": withLibraries((name) => `require("${name}")`, ""),
        "esm.mjs": withLibraries((name) => `await import("${name}")`, "await "),
      },
      packages: ["hono@4", "reflect-metadata@0.2", "@opentelemetry/api@1"],
    });
  });
  after(() => project?.[Symbol.dispose]());

  it("Their entries load as ECMAScript modules and as CommonJS", () => {
    const words = ["--no-experimental-require-module", "commonjs.cjs"];
    const wanted = "200,42,batched:options\n";
    assert.equal(project.run("node", "esm.mjs"), wanted);
    assert.equal(project.run("node", "commonjs.cjs"), wanted);
    assert.equal(project.run("node", ...words), wanted);
  });
});

function withLibraries(load: (name: string) => string, wait: string): string {
  const entries = ["", "/hono", "/otel", "/reflect"].map((name) =>
    load(`@batched/batched${name}`)
  );
  return `${SERVE}
    ${wait}serve(${entries.join(", ")}).then(console.log);`;
}

function ownEntries(): string[] {
  return ["", "/cloudflare", "/dataloader", "/testing", "/threads"].map((
    name,
  ) => `@batched/batched${name}`);
}
