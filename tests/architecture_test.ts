import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, it } from "node:test";

const root = join(import.meta.dirname ?? ".", "..");

/**
 * Who may import whom: a file imports only from layers above its own line. A
 * folder stands for all its files, which may import each other, but not in a
 * circle. New files are added on purpose.
 */
const LAYERS = [
  [
    "src/errors.ts",
    "src/own_promise.ts",
    "src/rejection.ts",
    "src/repair.ts",
    "src/size_limit.ts",
    "src/steady_clock.ts",
  ],
  ["src/host.ts"],
  [
    "src/request_watch.ts",
    "src/core/alarms.ts",
    "src/core/check.ts",
    "src/core/ledger.ts",
    "src/core/rate.ts",
  ],
  ["src/align.ts", "src/core/policy.ts", "src/core/trim.ts"],
  ["src/core/call.ts"],
  ["src/core/adaptive/"],
  ["src/core/line.ts", "src/core/port.ts", "src/core/slots.ts"],
  ["src/core/deadlines.ts", "src/core/lines.ts"],
  ["src/core/lane.ts"],
  ["src/core/fairness.ts", "src/core/lane_map.ts"],
  ["src/core/queue.ts"],
  ["src/core/inquiry.ts", "src/core/returns.ts"],
  ["src/core/dispatcher.ts"],
  ["src/core/scheduler.ts", "src/victims.ts"],
  ["src/outcome.ts", "src/refusals.ts"],
  ["src/nesting.ts", "src/packed_error.ts", "src/stream.ts"],
  ["src/answer.ts", "src/hooks.ts", "src/signals.ts"],
  [
    "src/batch_context.ts",
    "src/closing.ts",
    "src/places.ts",
    "src/seat.ts",
    "src/settlement.ts",
    "src/shared_place.ts",
    "src/stats.ts",
    "src/time_limit.ts",
    "src/wake.ts",
  ],
  ["src/call_options.ts", "src/decoration.ts", "src/options.ts"],
  ["src/attempt.ts", "src/run_many.ts", "src/settings.ts"],
  [
    "src/retries.ts",
    "src/retry_after.ts",
    "src/room.ts",
    "src/run_batch.ts",
    "src/sharing.ts",
  ],
  ["src/all_ended.ts", "src/departures.ts", "src/reports.ts"],
  ["src/engine.ts"],
  ["src/admission.ts", "src/snapshot.ts", "src/ties.ts"],
  ["src/intake.ts"],
  ["src/batcher.ts"],
  ["src/batched.ts"],
  ["src/decorator/"],
  ["mod.ts", "src/testing.ts"],
  [
    "src/cloudflare/",
    "src/dataloader/",
    "src/hono/",
    "src/otel/",
    "src/reflect.ts",
    "src/threads/",
  ],
];

/** What files may import from outside: only entries that are about it. */
const FOREIGN: Record<string, string[]> = {
  "src/hono/": ["hono", "reflect-metadata/no-conflict"],
  "src/otel/": ["@opentelemetry/api"],
  "src/reflect.ts": ["reflect-metadata/no-conflict"],
};

/** What the core must not know: it is told the time and tells what to do. */
const NOT_IN_CORE = [
  ...["async", "await", "Promise", "PromiseLike", "queueMicrotask"],
  ...["setTimeout", "setInterval", "setImmediate", "MessageChannel"],
  ...["Date", "performance", "Temporal", "AbortSignal", "EventTarget"],
  ...["globalThis", "process", "Deno", "Bun", "console", "Math.random"],
];

/** Names that say nothing of what is inside. */
const VAGUE_NAMES = ["types", "utils", "util", "helpers", "common", "misc"];

const published = ["mod.ts", ...filesUnder("src")];

describe("architecture", () => {
  it("Every published file has its place in the layers, and the layers name no others", () => {
    for (const file of published) {
      const places = LAYERS.flat().filter((place) => isIn(file, place));
      assert.equal(places.length, 1, `${file} has ${places.length} places`);
    }
    for (const place of LAYERS.flat()) {
      assert.ok(published.some((file) => isIn(file, place)), `no ${place}`);
    }
  });

  it("Imports go downhill", () => {
    for (const file of published) {
      for (const imported of importsOf(file).filter(isRelative)) {
        const target = resolved(file, imported);
        assert.ok(
          layerOf(target) < layerOf(file) || areSiblings(file, target),
          `${file} must not import ${target}`,
        );
      }
    }
  });

  it("Imports never run in a circle", () => {
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      const circle = [...path.slice(path.indexOf(file)), file];
      assert.ok(!path.includes(file), circle.join(" -> "));
      if (done.has(file)) return;
      for (const imported of importsOf(file).filter(isRelative)) {
        visit(resolved(file, imported), [...path, file]);
      }
      done.add(file);
    };
    published.forEach((file) => visit(file, []));
  });

  it("Published files import nothing from outside, but for entries that are about it", () => {
    for (const file of published) {
      const place = Object.keys(FOREIGN).find((place) => isIn(file, place));
      const allowed = place === undefined ? [] : FOREIGN[place]!;
      const foreign = importsOf(file)
        .filter((name) => !isRelative(name))
        .filter((name) =>
          !allowed.some((from) => name === from || name.startsWith(`${from}/`))
        );
      assert.deepEqual(foreign, [], file);
    }
  });

  it("The core imports the core alone and knows neither promise nor timer nor runtime", () => {
    for (const file of published.filter((file) => isIn(file, "src/core/"))) {
      for (const imported of importsOf(file)) {
        assert.ok(isIn(resolved(file, imported), "src/core/"), imported);
      }
      const code = withoutStrings(codeOf(file));
      const found = NOT_IN_CORE.filter((word) =>
        new RegExp(`\\b${word.replace(".", "\\.")}\\b`).test(code)
      );
      assert.deepEqual(found, [], file);
    }
  });

  it("Examples and benches use what users can import", () => {
    const entries = Object.values(readJson("deno.json").exports).map((entry) =>
      posix.normalize(entry)
    );
    for (const file of [...filesUnder("examples"), ...filesUnder("bench")]) {
      for (const imported of importsOf(file).filter(isRelative)) {
        const target = resolved(file, imported);
        const isInside = target === "mod.ts" || isIn(target, "src/");
        const isPublic = !isInside || entries.includes(target);
        assert.ok(isPublic, `${file} must not import ${target}`);
      }
    }
  });

  it("Tests live in tests, where all runners find them", () => {
    for (const folder of ["src", "examples", "bench"]) {
      const strays = filesUnder(folder).filter((file) =>
        file.endsWith("_test.ts")
      );
      assert.deepEqual(strays, []);
    }
  });

  it("Files hold one idea: not much code, named after what it is", () => {
    for (const file of published) {
      const lines = codeOf(file).split("\n").filter((line) => line.trim());
      assert.ok(lines.length <= 250, `${file}: ${lines.length} lines of code`);
      const name = posix.basename(file, ".ts");
      assert.match(name, /^[a-z0-9_]+$/);
      assert.ok(!VAGUE_NAMES.includes(name), file);
    }
  });
});

function filesUnder(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules")
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return filesUnder(path);
      return path.endsWith(".ts") ? [path] : [];
    });
}

function isIn(file: string, place: string): boolean {
  return place.endsWith("/") ? file.startsWith(place) : file === place;
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith(".");
}

function layerOf(file: string): number {
  return LAYERS.findIndex((layer) => layer.some((place) => isIn(file, place)));
}

function areSiblings(a: string, b: string): boolean {
  return LAYERS.flat().some((place) =>
    place.endsWith("/") && isIn(a, place) && isIn(b, place)
  );
}

function resolved(file: string, specifier: string): string {
  return posix.join(dirname(file), specifier);
}

/** What a file imports, be it types or values, at the start or later. */
function importsOf(file: string): string[] {
  const pattern = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
  return [...codeOf(file).matchAll(pattern)].map((match) => match[1] ?? "");
}

const STRING = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/;
const COMMENT = /\/\*[^]*?\*\/|\/\/[^\n]*/;

function codeOf(file: string): string {
  const text = readFileSync(join(root, file), "utf8");
  const either = new RegExp(`(${STRING.source})|${COMMENT.source}`, "g");
  return text.replace(either, (_, string?: string) => string ?? " ");
}

function withoutStrings(code: string): string {
  return code.replace(new RegExp(STRING.source, "g"), '""');
}

function readJson(file: string): { exports: Record<string, string> } {
  return JSON.parse(readFileSync(join(root, file), "utf8"));
}
