/**
 * What can be asked of a method, as operations of an OpenAPI document.
 *
 * @module
 */
import { amountOf, isBytes } from "./bytes.ts";
import { refTo } from "./components.ts";
import { bulkTypesOf } from "./entries.ts";
import type { Exposed } from "./exposed.ts";
import { BYTES_TYPE, JSON_TYPE, LINES_TYPE } from "./media.ts";
import { PROBLEM_TYPE } from "./problems.ts";
import type { Schema } from "./schema.ts";

/** What a path does. */
export interface Operation {
  operationId: string;
  summary: string;
  description?: string | undefined;
  parameters: object[];
  requestBody: { required: true; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
}

/** Bodies by their types. */
export type Content = Record<string, { schema: object }>;

/** `POST path`: one item. `name` is what its identifier and its schemas are called. */
export function singleOf(method: Exposed, name: string): Operation {
  const { input, output, summary, description } = method.options;
  return {
    operationId: name,
    summary: summary ?? `Call ${method.name}() with one item`,
    description,
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

/** `POST path/bulk`: many items. */
export function bulkOf(
  method: Exposed,
  name: string,
  operationId: string,
): Operation {
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
    [BYTES_TYPE]: { schema: { description: "Items one behind the other" } },
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

/** A path of Hono's as one of OpenAPI's. */
export function templateOf(path: string): string {
  return path.replaceAll(PARAMETER, "{$1}");
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
    ? { [BYTES_TYPE]: { schema: amountOf(schema.bytes) } }
    : { [JSON_TYPE]: { schema: refTo(name) } };
}

/** A parameter in a path of Hono's, without its pattern. */
const PARAMETER = /(?<=\/):([^/{}?]+)(?:\{.+?\}(?=\??(?:\/|$)))?\??/g;

/** What is answered by any of them, beside successes. */
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
    default: "Another problem, of which the method tells",
  }).map(([status, description]) => [status, {
    description,
    content: { [PROBLEM_TYPE]: { schema: refTo("Problem") } },
  }]),
);
