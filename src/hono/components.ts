/**
 * The schemas in an OpenAPI document. Those of items and results are described by the libraries that made them,
 * through the Standard JSON Schema interface; OpenAPI 3.1 takes JSON Schema as it is.
 *
 * @module
 */
import type { Exposed } from "./exposed.ts";

/** A reference to the schema of this name. */
export function refTo(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

/** What a schema says of itself, as a component of the document. */
export function describedAs(
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

/** What is answered where something has gone wrong. */
export const PROBLEM: object = {
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
