/**
 * Describes endpoints by OpenAPI 3.1.
 *
 * @module
 */
import { describedAs, PROBLEM } from "./components.ts";
import type { Exposed } from "./exposed.ts";
import { bulkOf, type Operation, singleOf, templateOf } from "./operations.ts";
import type { OpenApiOptions } from "./options.ts";

/** The document, as far as it is written here. */
export interface OpenApiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description?: string | undefined };
  paths: Record<string, { post: Operation }>;
  components: { schemas: Record<string, object> };
}

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
    paths[templateOf(path)] = { post: singleOf(method, name) };
    if (bulkPath === undefined) continue;
    const operationId = oneMore(taken, `${name}Bulk`);
    paths[templateOf(bulkPath)] = { post: bulkOf(method, name, operationId) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: title ?? "Endpoints",
      version: version ?? "1.0.0",
      description,
    },
    paths,
    components: { schemas },
  };
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
