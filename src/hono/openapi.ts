/**
 * Describes endpoints by OpenAPI 3.1. Schemas are described by the libraries that made them,
 * through the Standard JSON Schema interface; OpenAPI 3.1 takes JSON Schema as it is.
 *
 * @module
 */
import { isBytes } from "./bytes.ts";
import { bulkTypesOf } from "./entries.ts";
import type { Exposed } from "./exposed.ts";
import { BYTES_TYPE, JSON_TYPE, LINES_TYPE } from "./media.ts";
import type { OpenApiOptions } from "./options.ts";
import type { Schema } from "./schema.ts";

/** The document, as far as it is written here. */
export interface OpenApiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description?: string };
  servers?: { url: string }[];
  paths: Record<string, { post: Operation }>;
  components: { schemas: Record<string, object> };
}

/** What a path does. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  parameters: object[];
  requestBody: { required: true; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

/** Bodies by their types. */
export type Content = Record<string, { schema: object }>;

/** Describes all endpoints of an app. */
export function openApiOf(
  exposed: readonly Exposed[],
  { title, version, description }: OpenApiOptions,
): OpenApiDocument {
  const schemas: Record<string, object> = { Problem: PROBLEM };
  const paths: OpenApiDocument["paths"] = {};
  const taken = new Set<string>();
  const names = exposed.map(({ name }) => oneMore(taken, identifierOf(name)));
  for (const [index, method] of exposed.entries()) {
    const { path, bulkPath } = method;
    const name = names[index]!;
    schemas[`${name}Item`] = describedAs(`${name}Item`, method, "input");
    schemas[`${name}Result`] = describedAs(`${name}Result`, method, "output");
    paths[templateOf(path)] = { post: single(method, name) };
    if (bulkPath === undefined) continue;
    const operationId = oneMore(taken, `${name}Bulk`);
    paths[templateOf(bulkPath)] = { post: bulk(method, name, operationId) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: title ?? "Endpoints",
      version: version ?? "1.0.0",
      ...(description === undefined ? {} : { description }),
    },
    paths,
    components: { schemas },
  };
}

function single(method: Exposed, name: string): Operation {
  const { input, output, summary, description } = method.options;
  return {
    operationId: name,
    summary: summary ?? `Call ${method.name}() with one item`,
    ...(description === undefined ? {} : { description }),
    parameters: parametersOf(method, method.path),
    requestBody: {
      required: true,
      content: contentOf(input, `${name}Item`),
    },
    responses: {
      200: {
        description: "The result",
        content: contentOf(output, `${name}Result`),
      },
      204: { description: "It is done; there is no result" },
      ...PROBLEMS,
    },
  };
}

function bulk(method: Exposed, name: string, operationId: string): Operation {
  const item = refTo(`${name}Item`);
  const entry = {
    oneOf: [
      {
        type: "object",
        properties: { value: refTo(`${name}Result`) },
        required: ["value"],
      },
      {
        type: "object",
        properties: { error: refTo("Problem") },
        required: ["error"],
      },
    ],
  };
  const line = {
    allOf: [
      { type: "object", properties: { index: { type: "integer" } } },
      entry,
    ],
  };
  const bodies: Content = {
    [JSON_TYPE]: {
      schema: {
        type: "array",
        items: item,
        maxItems: method.limits.bulkItems,
      },
    },
    [LINES_TYPE]: { schema: item },
    [BYTES_TYPE]: { schema: {} },
  };
  const types = bulkTypesOf(method);
  return {
    operationId,
    summary: `Call ${method.name}() with many items`,
    description:
      "Answers what became of each item, as it settles: an array in the order of the items, or lines in the order in which they settle, each with the index of its item.",
    parameters: parametersOf(method, method.bulkPath!),
    requestBody: {
      required: true,
      content: Object.fromEntries(types.map((type) => [type, bodies[type]!])),
    },
    responses: {
      200: {
        description: "What became of each item",
        content: {
          [JSON_TYPE]: { schema: { type: "array", items: entry } },
          [LINES_TYPE]: { schema: line },
        },
      },
      ...PROBLEMS,
    },
  };
}

function parametersOf({ serving }: Exposed, path: string): object[] {
  const parameters: object[] = [...path.matchAll(PARAMETER)].map((
    [, name],
  ) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  if (serving.deadlineHeader === undefined) return parameters;
  return [...parameters, {
    name: serving.deadlineHeader,
    in: "header",
    description: "By when the answer is wanted, in ms from the request",
    schema: { type: "integer", minimum: 0 },
  }];
}

function contentOf(schema: Schema | undefined, name: string): Content {
  return isBytes(schema)
    ? { [BYTES_TYPE]: { schema: {} } }
    : { [JSON_TYPE]: { schema: refTo(name) } };
}

/** What a schema says of itself, as a component of the document. */
function describedAs(
  name: string,
  { options }: Exposed,
  side: "input" | "output",
): object {
  const schema = options[side];
  if (schema === undefined) return {};
  const { jsonSchema, vendor } = schema["~standard"];
  try {
    const described = jsonSchema![side]({ target: "draft-2020-12" });
    // Which JSON Schema it is the document says for all of them.
    const { $schema: _, ...own } = described as Record<string, unknown>;
    return relocated(own, `#/components/schemas/${name}`) as object;
  } catch {
    return { description: `A schema of ${vendor} that has no JSON Schema` };
  }
}

/** References within a schema go on pointing there when it becomes part of a document. */
function relocated(value: unknown, place: string): unknown {
  if (Array.isArray(value)) return value.map((part) => relocated(part, place));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, part]) =>
      key === "$ref" && typeof part === "string" && part.startsWith("#")
        ? [key, place + part.slice(1)]
        : [key, relocated(part, place)]
    );
  return Object.fromEntries(entries);
}

function refTo(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

/** Each operation has an identifier of its own, though a method may be called like the bulk of another one. */
function oneMore(taken: Set<string>, identifier: string): string {
  if (taken.has(identifier)) return oneMore(taken, `${identifier}_`);
  taken.add(identifier);
  return identifier;
}

/** Names of components and operations may not hold anything. */
function identifierOf(name: string): string {
  return name.replaceAll(/[^\w.-]/g, "_");
}

/** A parameter in a path of Hono's, without its pattern. */
const PARAMETER = /(?<=\/):([^/{}?]+)(?:\{.+?\}(?=\??(?:\/|$)))?\??/g;

/** A path of Hono's as one of OpenAPI's. */
function templateOf(path: string): string {
  return path.replaceAll(PARAMETER, "{$1}");
}

const PROBLEM = {
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
};

const PROBLEMS: Operation["responses"] = Object.fromEntries(
  Object.entries({
    400: "The body is no JSON",
    408: "The body did not come in time",
    413: "The body is too large, or the bulk too long",
    415: "The body is of another type",
    422: "The item does not fit its schema",
    500: "The server made a mistake",
    503: "There is no room at the moment, or the service is stopping",
    504: "There was no answer in time",
  }).map(([status, description]) => [status, {
    description,
    content: { "application/problem+json": { schema: refTo("Problem") } },
  }]),
);
