/** All that a document says of one method, word for word. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hono } from "hono";
import { z } from "zod";
import { bytes, endpoints, type Schema } from "../../src/hono/mod.ts";
import { workerOf } from "./worker.ts";

const to = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const parameters = [
  { name: "model", in: "path", required: true, schema: { type: "string" } },
  {
    name: "x-deadline-ms",
    in: "header",
    description: "By when the answer is wanted, in ms from the request",
    schema: { type: "integer", minimum: 0 },
  },
];

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: to("Problem") } },
});

const problems = {
  400: problem("The body is no JSON"),
  408: problem("The body did not come in time"),
  413: problem("The body is too large, or the bulk too long"),
  415: problem("The body is of another type"),
  422: problem("The item does not fit its schema"),
  500: problem("The server made a mistake"),
  503: problem("There is no room at the moment, or the service is stopping"),
  504: problem("There was no answer in time"),
  default: problem("Another problem, of which the method tells"),
};

const entry = {
  oneOf: [
    {
      type: "object",
      properties: { value: to("workResult") },
      required: ["value"],
    },
    {
      type: "object",
      properties: { error: to("Problem") },
      required: ["error"],
    },
  ],
};

const single = {
  operationId: "work",
  summary: "Call work() with one item",
  description: "Rounds down",
  parameters,
  requestBody: {
    required: true,
    content: { "application/json": { schema: to("workItem") } },
  },
  responses: {
    200: {
      description: "The result",
      content: { "application/json": { schema: to("workResult") } },
    },
    204: { description: "It is done; there is no result" },
    ...problems,
  },
};

const bulk = {
  operationId: "workBulk",
  summary: "Call work() with many items",
  description:
    "Answers what became of each item, as it settles: an array in the order of the items, or lines in the order in which they settle, each with the index of its item.",
  parameters,
  requestBody: {
    required: true,
    content: {
      "application/json": {
        schema: { type: "array", items: to("workItem"), maxItems: 10000 },
      },
      "application/x-ndjson": { schema: to("workItem") },
    },
  },
  responses: {
    200: {
      description: "What became of each item",
      content: {
        "application/json": { schema: { type: "array", items: entry } },
        "application/x-ndjson": {
          schema: {
            allOf: [
              { type: "object", properties: { index: { type: "integer" } } },
              entry,
            ],
          },
        },
      },
    },
    ...problems,
  },
};

const schemas = {
  Problem: {
    type: "object",
    description: "Problem details (RFC 9457)",
    properties: {
      title: { type: "string" },
      status: { type: "integer" },
      detail: { type: "string" },
      code: { type: "string" },
      errors: {
        type: "array",
        items: {
          type: "object",
          properties: {
            detail: { type: "string" },
            pointer: { type: "string" },
          },
        },
      },
    },
    required: ["title", "status", "detail"],
  },
  workItem: { type: "number" },
  workResult: {},
};

describe("/openapi.json, word for word", () => {
  const work = { path: "/:model/work" as const, input: z.number() };
  const documentOf = async (app: Hono) =>
    await (await app.request("/openapi.json")).json();
  const service = workerOf((xs: number[]) => xs);

  it("Of a method with all that is there by default", async () => {
    const app = endpoints(service, {
      work: { ...work, description: "Rounds down" },
    });
    assert.deepEqual(
      await documentOf(app),
      JSON.parse(JSON.stringify({
        openapi: "3.1.0",
        info: { title: "Endpoints", version: "1.0.0" },
        paths: {
          "/{model}/work": { post: single },
          "/{model}/work/bulk": { post: bulk },
        },
        components: { schemas },
      })),
    );
  });

  it("Its page has a form for each body, JSON or bytes", async () => {
    const pageOf = async (input: Schema) => {
      const app = endpoints(workerOf((xs: unknown[]) => xs), {
        work: { input, bulk: false },
      });
      return await (await app.request("/docs")).text();
    };
    const formOf = (type: string, label: string, field: string) =>
      `<h3 id="work"><code>POST /work</code></h3>
<p>Call work() with one item.</p>

<form data-path="/work" data-type="${type}">
<label for="try-work">${label}</label>
${field}
<button>Send</button>
<output for="try-work"></output>
</form>
<details><summary>Request</summary><p><code>${type}</code></p>`;
    const area = `<textarea id="try-work" rows="3" spellcheck="false">`;
    const json = formOf("application/json", "JSON", `${area}</textarea>`);
    assert.ok((await pageOf(work.input)).includes(json));
    const file = `<input id="try-work" type="file" required>`;
    const raw = formOf("application/octet-stream", "Bytes", file);
    assert.ok((await pageOf(bytes())).includes(raw));
  });

  it("Of bytes, whose method has no description", async () => {
    const app = endpoints(workerOf((items: Uint8Array[]) => items), {
      work: { input: bytes({ length: 4 }), output: bytes() },
    });
    const { paths } = await documentOf(app);
    const type = "application/octet-stream";
    const { description: _, ...rest } = single;
    assert.deepEqual(
      paths["/work"].post,
      JSON.parse(JSON.stringify({
        ...rest,
        parameters: parameters.slice(1),
        requestBody: {
          required: true,
          content: { [type]: { schema: { description: "4 bytes" } } },
        },
        responses: {
          ...single.responses,
          200: {
            description: "The result",
            content: { [type]: { schema: {} } },
          },
        },
      })),
    );
    assert.deepEqual(
      paths["/work/bulk"].post.requestBody.content[type],
      { schema: { description: "Items one behind the other" } },
    );
  });
});
