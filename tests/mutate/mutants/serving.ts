/**
 * Bugs of what serves by HTTP, and of what is told to OpenTelemetry.
 *
 * @module
 */
import { type Mutant, mutants } from "../mutant.ts";

export const bodies: readonly Mutant[] = mutants([
  "tests/hono/bulk_limits_test.ts",
  "tests/hono/single_test.ts",
], [
  {
    name: "a body as large as its limit is too large",
    file: "src/hono/body.ts",
    find: "length !== undefined && length > most",
    replace: "length !== undefined && length >= most",
  },
  {
    name: "a body takes twice as much memory with each piece",
    file: "src/hono/body.ts",
    find: "if (length > this.#bytes.length) {",
    replace: "{",
    tests: ["tests/hono/bytes_test.ts"],
  },
  {
    name: "a body has as long as it likes, if something comes now and then",
    file: "src/hono/body.ts",
    find: "patience.within(gathered(chunksFrom(reader, most)))",
    replace: "gathered(chunksFrom(reader, most, patience))",
    tests: ["tests/hono/patience_test.ts"],
  },
  {
    name: "a bulk that is not read to its end is not left",
    file: "src/hono/body.ts",
    find:
      "yield* chunksFrom(reader, most, patience);\n  } finally {\n    leave(reader);",
    replace: "yield* chunksFrom(reader, most, patience);\n  } finally {",
  },
  {
    name: "a bulk that middleware has read is empty",
    file: "src/hono/body.ts",
    find:
      "if (c.req.raw.bodyUsed) return yield await readBody(c, most, patience);",
    replace: "",
  },
  {
    name: "a line that comes with its end may have any length",
    file: "src/hono/body.ts",
    find: "check(begun.length + end - start);",
    replace: "",
  },
  {
    name: "a line is as long as its last piece",
    file: "src/hono/body.ts",
    find: "check(begun.length + end - start);",
    replace: "check(end - start);",
  },
  {
    name: "a line is as long as the chunk that it came in",
    file: "src/hono/body.ts",
    find: "check(begun.length + chunk.length - start);",
    replace: "check(begun.length + chunk.length);",
  },
  {
    name: "a length that is no number is believed",
    file: "src/hono/body.ts",
    find: "if (length === undefined || !/^\\d+$/.test(length)) return",
    replace: "if (length === undefined) return",
  },
  {
    name: "a length is believed of a body in chunks",
    file: "src/hono/body.ts",
    find: "return isChunked ? undefined : Number(length);",
    replace: "return Number(length);",
  },
  {
    name: "an announced body that breaks off is our fault",
    file: "src/hono/body.ts",
    find: "new Uint8Array(all), endedEarly)",
    replace: "new Uint8Array(all))",
  },
  {
    name: "what follows a quote within a string is nested",
    file: "src/hono/json.ts",
    find: 'if (char === "\\\\") at++;\n      else if',
    replace: "if",
  },
  {
    name: "blanks around a type are part of it",
    file: "src/hono/media.ts",
    find: "const named = first.trim();",
    replace: "const named = first;",
  },
  {
    name: "an encoding is written in small letters",
    file: "src/hono/media.ts",
    find: '(c.req.header("content-encoding") ?? "").toLowerCase()',
    replace: '(c.req.header("content-encoding") ?? "")',
  },
  {
    name: "what fits any type weighs nothing",
    file: "src/hono/media.ts",
    find: "Math.max(any - LITTLE, LITTLE)",
    replace: "LITTLE",
    tests: ["tests/hono/bulk_test.ts"],
  },
  {
    name: "the last name of a type weighs",
    file: "src/hono/media.ts",
    find: "most = Math.max(most ?? 0, q);",
    replace: "most = q;",
    tests: ["tests/hono/bulk_test.ts"],
  },
  {
    name: "what stands behind hides how deep a body was",
    file: "src/hono/json.ts",
    find: "if (depth > deepest) deepest = depth;",
    replace: "deepest = depth;",
  },
  {
    name: "null beside a large number is no JSON",
    file: "src/hono/json.ts",
    find: " || value === null) return true",
    replace: ") return true",
    tests: ["tests/hono/hostile_test.ts"],
  },
  {
    name: "what has come is looked after to the end of its time",
    file: "src/hono/patience.ts",
    find: "this.#waits.delete(wait);\n        resolve(value);",
    replace: "resolve(value);",
    tests: ["tests/hono/patience_test.ts"],
  },
  {
    name: "a last byte is lost",
    file: "src/hono/body.ts",
    find: "if (filled > 0)",
    replace: "if (filled > 1)",
    tests: ["tests/hono/bytes_test.ts"],
  },
]);

export const bulks: readonly Mutant[] = mutants([
  "tests/hono/bulk_limits_test.ts",
  "tests/hono/calls_test.ts",
  "tests/hono/bulk_test.ts",
], [
  {
    name: "a bulk goes on when its client has gone",
    file: "src/hono/bulk.ts",
    find: 'gone?.addEventListener("abort", leave);',
    replace: "",
  },
  {
    name: "a bulk begins though its client has gone",
    file: "src/hono/bulk.ts",
    find: "if (gone?.aborted) leave();",
    replace: "",
  },
  {
    name: "a bulk is read to its end for nobody",
    file: "src/hono/bulk.ts",
    find: "if (this.#ending.signal.aborted) break;",
    replace: "",
  },
  {
    name: "a bulk ends with its client, wanted or not",
    file: "src/hono/bulk.ts",
    find: "if (this.#visit.gone) this.#ending.abort",
    replace: "this.#ending.abort",
  },
  {
    name: "an item of a bulk waits for a place before all else",
    file: "src/hono/bulk.ts",
    find:
      "const call = this.#visit.ask(item, this.#visit.gone && signal);\n    if (this.#exposed.batcher.full) await this.#visit.place(signal);",
    replace:
      "if (this.#exposed.batcher.full) await this.#visit.place(signal);\n    const call = this.#visit.ask(item, this.#visit.gone && signal);",
  },
  {
    name: "who asks for nonsense waits for a place before that is seen",
    file: "src/hono/visit.ts",
    find: "    demandsOf(call);",
    replace: "",
  },
  {
    name: "who has got a place too late keeps it",
    file: "src/hono/visit.ts",
    find: "call.deadlineMs = Math.max(leftMs, Number.MIN_VALUE);",
    replace:
      "call.deadlineMs = leftOf(this.#deadlineMs, this.#deadlineMs - leftMs);",
  },
  {
    name: "who has gone waits for a place all the same",
    file: "src/hono/visit.ts",
    find: "return batcher.ready({ signal });",
    replace: "return batcher.ready();",
  },
  {
    name: "who is told of a place comes to it late, without a deadline",
    file: "src/hono/visit.ts",
    find: "return batcher.ready({ signal });",
    replace: "return batcher.ready({ signal }).then(() => {});",
  },
  {
    name: "who is told of a place comes to it late, with a deadline",
    file: "src/hono/visit.ts",
    find: "    return place;",
    replace: "    return place.then(() => {});",
  },
  {
    name: "who has gone waits for a place until the deadline",
    file: "src/hono/visit.ts",
    find: "AbortSignal.any([signal, late.signal])",
    replace: "late.signal",
  },
  {
    name: "a client that has gone reads no more, and its bulk waits for that",
    file: "src/hono/bulk_answer.ts",
    find: "return this.#isGone || room > 0;",
    replace: "return room > 0;",
  },
  {
    name: "answers are written to who has gone",
    file: "src/hono/bulk_answer.ts",
    find: 'if (text === "" || this.#isGone) return;',
    replace: 'if (text === "") return;',
  },
  {
    name: "a bulk fills one slot",
    file: "src/hono/exposed.ts",
    find: "this.batcher.size * this.batcher.concurrency",
    replace: "this.batcher.size",
  },
  {
    name: "a bulk that is announced as too large is read",
    file: "src/hono/entries.ts",
    find: "checkLength(c, limits.bulkBytes);",
    replace: "",
  },
  {
    name: "a bulk of as many items as there may be is too long",
    file: "src/hono/entries.ts",
    find: "items.length > limits.bulkItems",
    replace: "items.length >= limits.bulkItems",
  },
  {
    name: "a blank line in two chunks is an item",
    file: "src/hono/entries.ts",
    find: "if (isBlank(line)) continue;",
    replace: "",
  },
  {
    name: "a line nests deeper than a body",
    file: "src/hono/entries.ts",
    find: 'parseJson(line, limits.depth, "line")',
    replace: 'parseJson(line, limits.depth + 1, "line")',
  },
  {
    name: "null is base64",
    file: "src/hono/entries.ts",
    find: 'if (typeof text === "string") return fromBase64(text);',
    replace: "return fromBase64(String(text));",
    tests: ["tests/hono/bytes_test.ts"],
  },
  {
    name: "a bulk goes on listening to its request",
    file: "src/hono/bulk.ts",
    find: 'gone?.removeEventListener("abort", leave);',
    replace: "",
    tests: ["tests/hono/bulk_limits_test.ts"],
  },
  {
    name: "what a type weighs that makes no sense counts for all",
    file: "src/hono/media.ts",
    find: "Number(weight.slice(2)) || 0",
    replace: "Number(weight.slice(2))",
    tests: ["tests/hono/bulk_test.ts"],
  },
  {
    name: "only one method may be without its bulk",
    file: "src/hono/exposed.ts",
    find: "bulkPath === undefined ? [path] : [path, bulkPath]",
    replace: "[path, bulkPath]",
    tests: ["tests/hono/exposed_test.ts"],
  },
]);

export const answers: readonly Mutant[] = mutants([
  "tests/hono/single_test.ts",
  "tests/hono/exposed_test.ts",
  "tests/hono/problems_test.ts",
  "tests/hono/openapi_test.ts",
], [
  {
    name: "promises of other realms fit any schema",
    file: "src/hono/schema.ts",
    find: "isThenable(checked) ?",
    replace: "checked instanceof Promise ?",
  },
  {
    name: "routes cannot name symbols",
    file: "src/hono/exposed.ts",
    find: "for (const key of Reflect.ownKeys(routes)) {",
    replace: "for (const key of Object.keys(routes)) {",
  },
  {
    name: "reasons are as long as schemas like",
    file: "src/hono/misfit.ts",
    find: "message.length > MAX_CHARS",
    replace: "message.length > 2 * MAX_CHARS",
  },
  {
    name: "a reason ends in half a character",
    file: "src/hono/misfit.ts",
    find: "wellFormed(message.slice(0, MAX_CHARS))",
    replace: "message.slice(0, MAX_CHARS)",
  },
  {
    name: "who comes second may be as slow as he likes",
    file: "src/hono/patience.ts",
    find: "if (wait.until > now) return this.#lookIn(wait.until - now);",
    replace: "if (wait.until > now) return;",
    tests: ["tests/hono/patience_test.ts"],
  },
  {
    name: "some problems have no title",
    file: "src/hono/problems.ts",
    find: 'TITLES[status] ?? "Error"',
    replace: "TITLES[status]!",
    tests: ["tests/hono/problems_test.ts"],
  },
  {
    name: "a bad request is our fault",
    file: "src/hono/problems.ts",
    find: "status < 400 ||",
    replace: "status <= 400 ||",
    tests: ["tests/hono/problems_test.ts"],
  },
  {
    name: "a status may be any number",
    file: "src/hono/problems.ts",
    find: "|| status > 599",
    replace: "",
    tests: ["tests/hono/problems_test.ts"],
  },
  {
    name: "some problems say nothing",
    file: "src/hono/problems.ts",
    find: "status < 500 && error.message ?",
    replace: "status < 500 ?",
    tests: ["tests/hono/problems_test.ts"],
  },
  {
    name: "times are told with all of their digits",
    file: "src/hono/timing.ts",
    find: "return Math.round(ms * 1000) / 1000;",
    replace: "return ms;",
    tests: ["tests/hono/calls_test.ts"],
  },
  {
    name: "caches keep it when a service is not well",
    file: "src/hono/health.ts",
    find: "new Problem(503, why, { headers })",
    replace: "new Problem(503, why)",
    tests: ["tests/hono/health_test.ts"],
  },
  {
    name: "what others say of the time is lost",
    file: "src/hono/visit.ts",
    find: "answer.headers.append(TIMING, this.#timing)",
    replace: "answer.headers.set(TIMING, this.#timing)",
  },
  {
    name: "health knows nothing of middleware",
    file: "src/hono/health.ts",
    find: 'c.json({ status: "ok" }, 200, headers)',
    replace: 'Response.json({ status: "ok" }, { headers })',
  },
  {
    name: "null is no result",
    file: "src/hono/single.ts",
    find: "if (result === undefined)",
    replace: "if (result == null)",
  },
  {
    name: "whatever is not answered is reported",
    file: "src/hono/problems.ts",
    find: "return status === 500 || (status > 500 && isHttpException(error));",
    replace: "return status >= 500;",
  },
  {
    name: "of a bad gateway nobody hears",
    file: "src/hono/problems.ts",
    find: "return status === 500 || (status > 500 && isHttpException(error));",
    replace: "return status === 500;",
  },
  {
    name: "an endpoint with a limit of its own has none of the app's",
    file: "src/hono/exposed.ts",
    find: "limitsOf(options.limits, serving.limits)",
    replace:
      "limitsOf(options.limits, options.limits ? undefined : serving.limits)",
  },
  {
    name: "a deadline may be asked for by undefined",
    file: "src/hono/operations.ts",
    find: "if (serving.deadlineHeader === undefined) return parameters;",
    replace: "",
  },
  {
    name: "what has parameters can be tried",
    file: "src/hono/docs_page.ts",
    find: 'if (path.includes("{")) return "";',
    replace: "",
  },
  {
    name: "what is tried is at the root",
    file: "src/hono/documentation.ts",
    find: 'path === "/" && base ? base : base + path',
    replace: "path",
  },
  {
    name: "a root has a slash wherever it is",
    file: "src/hono/documentation.ts",
    find: 'path === "/" && base ? base : base + path',
    replace: "base + path",
  },
  {
    name: "a report fails with nobody to hear it",
    file: "src/hono/visit.ts",
    find: "if (isThenable(told)) told.then(undefined, () => {});",
    replace: "void told;",
  },
  {
    name: "a header may have no name",
    file: "src/hono/options.ts",
    find: '(typeof v === "string" && HEADER_NAME.test(v))',
    replace: '(typeof v === "string")',
  },
  {
    name: "who has to log in does not hear how",
    file: "src/hono/problems.ts",
    find: ": httpHeadersOf(error, status),",
    replace: ": {},",
  },
  {
    name: "clients hear the headers of whom we have asked",
    file: "src/hono/problems.ts",
    find: "status < 500 ? !name",
    replace: "status < 600 ? !name",
  },
  {
    name: "a pattern ends at its first brace",
    file: "src/hono/operations.ts",
    find: "(?:\\{.+?\\}(?=\\??(?:\\/|$)))?",
    replace: "(?:\\{[^}]*\\})?",
  },
  {
    name: "a colon anywhere begins a parameter",
    file: "src/hono/operations.ts",
    find: "/(?<=\\/):",
    replace: "/:",
  },
  {
    name: "two operations are called the same",
    file: "src/hono/openapi.ts",
    find: "oneMore(taken, `${name}Bulk`)",
    replace: "`${name}Bulk`",
  },
  {
    name: "a schema that speaks of null cannot be told",
    file: "src/hono/components.ts",
    find: " || value === null) return value;",
    replace: ") return value;",
  },
  {
    name: "references go astray",
    file: "src/hono/components.ts",
    find: 'part.startsWith("#")',
    replace: 'part.endsWith("#")',
    tests: ["tests/hono/openapi_test.ts"],
  },
  {
    name: "a body need not be there",
    file: "src/hono/operations.ts",
    find: "required: true,\n      content: contentOf",
    replace: "required: false,\n      content: contentOf",
    tests: ["tests/hono/openapi_document_test.ts"],
  },
  {
    name: "a status may be a word",
    file: "src/hono/problems.ts",
    find: 'typeof status !== "number" || ',
    replace: "",
    tests: ["tests/hono/problems_test.ts"],
  },
]);

export const telemetry: readonly Mutant[] = mutants([
  "tests/otel/telemetry_test.ts",
], [
  {
    name: "what is observed twice counts twice",
    file: "src/otel/observation.ts",
    find: "batchers.add(batcher);",
    replace:
      "batchers.add(Object.create(batcher, { stats: { value: () => batcher.stats() }, name: { value: batcher.name } }));",
  },
  {
    name: "refused calls are counted at each reading",
    file: "src/otel/observation.ts",
    find: "this.#counted.set(batcher, refused);",
    replace: "",
  },
  {
    name: "metrics stay with whom there was at the first batch",
    file: "src/otel/telemetry.ts",
    find: "if (provider !== this.#provider) this.#instruments = undefined;",
    replace: "",
  },
  {
    name: "spans that are not traced are linked",
    file: "src/otel/batch_span.ts",
    find: "span?.spanId === INVALID_SPANID ? undefined : span",
    replace: "span",
  },
  {
    name: "waits are told in ms",
    file: "src/otel/instruments.ts",
    find: "batch.waitMs / 1000",
    replace: "batch.waitMs",
  },
  {
    name: "there is always a lane",
    file: "src/otel/batch_span.ts",
    find: "lane === undefined ? {} : {",
    replace: "{} && {",
  },
  {
    name: "calls do not fail for a reason",
    file: "src/otel/instruments.ts",
    find: 'count(batch.failures, "failure", failure);',
    replace: 'count(batch.failures, "failure", {});',
  },
  {
    name: "batched functions are not observed",
    file: "src/otel/observation.ts",
    find: "own instanceof Batcher ? [own] : batchersOf(observed)",
    replace: "batchersOf(observed)",
  },
  {
    name: "batchers are not observed",
    file: "src/otel/observation.ts",
    find: "if (observed instanceof Batcher) return [observed];",
    replace: "",
  },
  {
    name: "what is gone is let go of by who reads alone",
    file: "src/otel/observation.ts",
    find: "this.#gone.register(object, ref, ref);",
    replace: "",
  },
  {
    name: "what waits runs",
    file: "src/otel/observation.ts",
    find: "this.#read(result, ({ running }) => running)",
    replace: "this.#read(result, ({ waiting }) => waiting)",
  },
  {
    name: "what has no words has no span",
    file: "src/otel/batch_span.ts",
    find: "error instanceof Error ? error : textOf(error)",
    replace: "error instanceof Error ? error : String(error)",
  },
  {
    name: "what is no error has no kind",
    file: "src/otel/failure.ts",
    find: "error instanceof Error ? error.name : typeof error",
    replace: "(error as Error).name",
  },
  {
    name: "an error is recorded as its words",
    file: "src/otel/batch_span.ts",
    find: "error instanceof Error ? error : textOf(error)",
    replace: "textOf(error)",
  },
  {
    name: "an instrument measures nobody knows what",
    file: "src/otel/instruments.ts",
    find: 'description: "How long a batch ran",',
    replace: "",
  },
]);
