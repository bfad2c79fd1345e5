import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import { batcherOf } from "../../mod.ts";
import { endpoints, type Schema } from "../../src/hono/mod.ts";
import { randomFrom } from "../batcher/random_numbers.ts";
import { linesIn, post, problemIn } from "./requests.ts";
import { workerOf } from "./worker.ts";

interface Row {
  x: number;
  tags: string[];
}

/** The same schema three times: what does not fit one fits none. */
const schemas: Record<string, Schema<unknown, Row>> = {
  zod: z.object({ x: z.number(), tags: z.array(z.string()) }),
  valibot: v.object({ x: v.number(), tags: v.array(v.string()) }),
  arktype: type({ x: "number", tags: "string[]" }),
};

const encoder = new TextEncoder();

/** A body, and what must become of it: the answer, or the status of the refusal. */
type Case = [name: string, body: string | Uint8Array, outcome: number | string];

/** Bodies of which some are good. */
const cases: Case[] = [
  ["a good row", '{"x":1,"tags":["a"]}', "1 a"],
  ["a good row behind a byte order mark", '\uFEFF{"x":1,"tags":[]}', "1 "],
  ["text beyond the basic plane", '{"x":1,"tags":["😀"]}', "1 😀"],
  ["half a character, escaped", '{"x":1,"tags":["\\ud800"]}', "1 \ud800"],
  ["unknown keys", '{"x":1,"tags":[],"y":{"z":[]}}', "1 "],
  ["a key twice, the last one good", '{"x":"1","x":2,"tags":[]}', "2 "],
  ["a key twice, the last one bad", '{"x":2,"x":"1","tags":[]}', 422],
  [
    "__proto__ beside what is right",
    '{"x":1,"tags":[],"__proto__":{"x":2}}',
    "1 ",
  ],
  [
    "__proto__ in place of what is right",
    '{"__proto__":{"x":1,"tags":[]}}',
    422,
  ],
  [
    "constructor and prototype",
    '{"constructor":{"prototype":{"x":1}},"tags":[]}',
    422,
  ],
  ["a number beyond float64", '{"x":1e400,"tags":[]}', 400],
  ["a number below float64", '{"x":-1e400,"tags":[]}', 400],
  ["a number of 400 digits", `{"x":${"9".repeat(400)},"tags":[]}`, 400],
  [
    "many digits with a short exponent",
    `{"x":${"9".repeat(250)}e99,"tags":[]}`,
    400,
  ],
  [
    "many digits with an exponent of one digit",
    `{"x":-${"9".repeat(308)}E+1,"tags":[]}`,
    400,
  ],
  [
    "250 digits",
    `{"x":1${"0".repeat(249)},"tags":[]}`,
    "1e+249 ",
  ],
  [
    "such a number where nobody asks",
    '{"x":1,"tags":[],"y":[{"z":1E+999}]}',
    400,
  ],
  [
    "the largest number",
    '{"x":1.7976931348623157e308,"tags":[]}',
    "1.7976931348623157e+308 ",
  ],
  ["a number too small to tell", '{"x":1e-400,"tags":[]}', "0 "],
  ["a large number beside null", '{"x":1e300,"tags":[],"y":null}', "1e+300 "],
  ["text that looks like such a number", '{"x":1,"tags":["1e400"]}', "1 1e400"],
  ["NaN", '{"x":NaN,"tags":[]}', 400],
  ["Infinity", '{"x":Infinity,"tags":[]}', 400],
  ["hexadecimal", '{"x":0x10,"tags":[]}', 400],
  ["a leading zero", '{"x":01,"tags":[]}', 400],
  ["a trailing comma", '{"x":1,"tags":[],}', 400],
  ["single quotes", "{'x':1,'tags':[]}", 400],
  ["a comment", '{"x":1,"tags":[]}//', 400],
  ["two values", '{"x":1,"tags":[]}{}', 400],
  ["a raw line break in text", '{"x":1,"tags":["\n"]}', 400],
  ["nothing", "", 400],
  ["a blank", " ", 400],
  ["a NUL behind", '{"x":1,"tags":[]}\0', 400],
  ["null", "null", 422],
  ["an array", '[1,["a"]]', 422],
  ["a number", "1", 422],
  ["a text", '"x"', 422],
  ["a number as text", '{"x":"1","tags":[]}', 422],
  ["a text that is missing", '{"x":1,"tags":[null]}', 422],
  ["deep arrays", "[".repeat(100_000) + "]".repeat(100_000), 400],
  ["deep arrays that do not end", "[".repeat(500_000), 400],
  ["deep objects", '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000), 400],
  [
    "deep where nobody asks",
    `{"x":1,"tags":[],"y":${"[".repeat(80)}${"]".repeat(80)}}`,
    400,
  ],
  [
    "brackets in text",
    `{"x":1,"tags":["${"[".repeat(1000)}\\"{"]}`,
    `1 ${"[".repeat(1000)}"{`,
  ],
  [
    "many brackets side by side",
    `{"x":1,"tags":[],"y":[${Array(1000).fill("[]").join()}]}`,
    "1 ",
  ],
  ["invalid UTF-8 in text", bytesOf('{"x":1,"tags":["', [0xff], '"]}'), 400],
  [
    "UTF-8 cut in a character",
    bytesOf('{"x":1,"tags":["', [0xe2, 0x82], '"]}'),
    400,
  ],
  ["overlong UTF-8", bytesOf('{"x":1,"tags":["', [0xc0, 0xaf], '"]}'), 400],
  [
    "a surrogate in UTF-8",
    bytesOf('{"x":1,"tags":["', [0xed, 0xa0, 0x80], '"]}'),
    400,
  ],
  [
    "UTF-16",
    bytesOf(
      "",
      [...'{"x":1,"tags":[]}'].flatMap((char) => [char.charCodeAt(0), 0]),
      "",
    ),
    400,
  ],
  [
    "a body that is too large",
    `{"x":1,"tags":["${"a".repeat(2 ** 20)}"]}`,
    413,
  ],
];

function bytesOf(head: string, middle: number[], tail: string): Uint8Array {
  return Uint8Array.from([
    ...encoder.encode(head),
    ...middle,
    ...encoder.encode(tail),
  ]);
}

/** A service whose handler looks closely at what reaches it. */
function watchful(input: Schema<unknown, Row>) {
  const strangers: unknown[] = [];
  const service = workerOf((rows: Row[]) =>
    rows.map((row) => {
      const { x, tags } = row;
      const isRow = Number.isFinite(x) && Array.isArray(tags) &&
        tags.every((tag) => typeof tag === "string") &&
        Object.getPrototypeOf(row) === Object.prototype;
      if (!isRow) strangers.push(row);
      return `${x} ${tags.join()}`;
    })
  );
  const app = endpoints(service, { work: { input } });
  return { strangers, app, batcher: batcherOf(service, "work") };
}

/** Sends it and demands what must become of it. */
async function demand(
  app: ReturnType<typeof watchful>["app"],
  [name, body, outcome]: Case,
): Promise<void> {
  const answer = await post(app, "/work", body as BodyInit);
  if (typeof outcome === "number") await problemIn(answer, outcome);
  else assert.equal(await answer.json(), outcome, name);
}

describe("Hostile bodies", () => {
  it("Numbers of very many digits are read as fast as they come", async () => {
    const input = z.any();
    const app = endpoints(workerOf((items: unknown[]) => items.map(() => 0)), {
      work: { input },
    });
    for (const digits of [199, 308]) {
      const numbers = Array(Math.floor(1e7 / digits)).fill("9".repeat(digits));
      const start = performance.now();
      const body = `[[${numbers.join()}]]`;
      await (await post(app, "/work/bulk", body)).text();
      // Each digit looked at again for all that follow it takes 10 s and more.
      assert.ok(performance.now() - start < 5000, `${digits} digits`);
    }
  });

  for (const [library, input] of Object.entries(schemas)) {
    const { app, strangers, batcher } = watchful(input);

    for (const one of cases) {
      it(`${library}: ${one[0]} ${Number(one[2]) ? "is refused" : "is answered"}`, async () => {
        const before = batcher.stats().calls;
        await demand(app, one);
        const isGood = typeof one[2] === "string";
        assert.equal(batcher.stats().calls, before + (isGood ? 1 : 0));
        assert.deepEqual(strangers, []);
        assert.equal(Reflect.get({}, "x"), undefined);
      });
    }

    it(`${library}: no truncation of a good row is taken for one`, async () => {
      const row = encoder.encode('{"x":1.5,"tags":["a","€"]}');
      const before = batcher.stats().calls;
      for (let end = 0; end < row.length; end++) {
        await problemIn(await post(app, "/work", row.slice(0, end)), 400);
      }
      assert.equal(batcher.stats().calls, before);
    });

    it(`${library}: 1,000 of them at once leave the service well, and the good ones are answered`, async () => {
      const random = randomFrom(7);
      const small = cases.filter(([, body]) => body.length < 10_000);
      const chosen = Array.from(
        { length: 1000 },
        () => small[random(small.length)]!,
      );
      const before = batcher.stats().calls;
      await Promise.all(chosen.map((one) => demand(app, one)));
      const good = chosen.filter(([, , outcome]) =>
        typeof outcome === "string"
      );
      assert.equal(batcher.stats().calls - before, good.length);
      assert.deepEqual(strangers, []);
      assert.equal((await app.request("/healthz")).status, 200);
      assert.equal((await app.request("/readyz")).status, 200);
    });

    it(`${library}: as lines of a bulk they are refused one by one`, async () => {
      const lines = cases.filter(([, body]) =>
        typeof body === "string" && !/^\s*$/.test(body) && !body.includes("\n")
      );
      const answer = await post(
        app,
        "/work/bulk",
        lines.map(([, body]) => body).join("\n"),
        { "content-type": "application/x-ndjson" },
      );
      const entries = await linesIn(answer);
      entries.forEach((entry, index) => {
        const [name, , outcome] = lines[index]!;
        const { status } = (entry["error"] ?? {}) as { status?: number };
        assert.equal(status ?? entry["value"], outcome, name);
      });
      assert.equal(entries.length, lines.length);
      assert.deepEqual(strangers, []);
    });
  }
});
